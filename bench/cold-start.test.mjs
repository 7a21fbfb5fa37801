import { beforeAll, describe, expect, it } from "vitest";
import { measureColdStart } from "./cold-start.mjs";

describe("the deployed function's cold start, beside one LIST with the bare SDK", () => {
  let bare;
  let keywhen;
  beforeAll(async () => {
    ({ bare, keywhen } = await measureColdStart(9));
  }, 120_000);

  it("adds less than 130 kB to the SDK's bundle", () => {
    expect(keywhen.bytes - bare.bytes).toBeLessThan(130_000);
  });

  it("takes little longer to its first request: far less than twice as long, on any machine", () => {
    expect(keywhen.firstRequestMs / bare.firstRequestMs).toBeLessThan(1.75);
  });
});
