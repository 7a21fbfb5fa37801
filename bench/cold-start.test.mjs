import { beforeAll, describe, expect, it } from "vitest";
import { measureColdStart } from "./cold-start.mjs";

describe("the deployed function's cold start, compared with one LIST with the bare SDK", () => {
  let bare;
  let keywhen;
  beforeAll(async () => {
    ({ bare, keywhen } = await measureColdStart(9));
  }, 120_000);

  // Measured: 144 kB, which is keywhen's code minus the sources of credentials that Lambda does not offer: 53 of them are recurring
  // schedules with croner and valibot, 22 are webhooks, 6 are new contents, searches and groups of the scheduler, 2 list again what a full destination had no room for. The size of the whole bundle is bounded in packages/lambda/src/function.test.ts.
  it("adds less than 146 kB to the SDK's bundle", () => {
    expect(keywhen.bytes - bare.bytes).toBeLessThan(146_000);
  });

  it("takes little longer to its first request: far less than twice as long, on any machine", () => {
    expect(keywhen.firstRequestMs / bare.firstRequestMs).toBeLessThan(1.75);
  });
});
