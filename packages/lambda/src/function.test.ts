import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { withCeph } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { FUNCTION, loopRuntime, startFunction } from "./testing/function-process.js";
import { proveFunction } from "./testing/function-promises.js";

describe("the function's bundle", () => {
  // 547 kB and 3 %. Raise it only for what the function needs: docs/decisions/0012-lambda-bundle.md.
  it("is one file under 564 kB with everything in it", () => {
    expect(statSync(FUNCTION).size).toBeLessThan(564_000);
  });

  it("fails while it starts if its configuration is wrong", async () => {
    const started = await startFunction({ KEYWHEN_STORE: "s3://acme-schedule" });
    expect(await started.api.initError).toEqual({
      errorType: "KeywhenError",
      errorMessage: expect.stringMatching(/^KEYWHEN_ALLOW_TARGETS contains no target/),
    });
    await started.stop();
  });

  it("shows the message and the error's name on a terminal, and no long line of source", () => {
    const { status, stderr } = spawnSync(process.execPath, [FUNCTION], {
      env: { PATH: process.env["PATH"], KEYWHEN_STORE: "s3://acme-schedule" },
      encoding: "utf8",
    });
    expect(stderr).toMatch(/^KeywhenError: KEYWHEN_ALLOW_TARGETS contains no target/m);
    expect(Math.max(...stderr.split("\n").map((line) => line.length))).toBeLessThan(400);
    expect(status).toBe(1);
  });
});

withCeph(describe)("the function on a Ceph gateway", () => proveFunction(loopRuntime));
