import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { withCeph } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { FUNCTION, loopRuntime, startFunction } from "./testing/function-process.js";
import { proveFunction } from "./testing/function-promises.js";

describe("the function's bundle", () => {
  // 441 kB and 3 %. Raise it only for what the function needs: docs/decisions/0012-lambda-bundle.md.
  it("is one file under 470 kB with everything in it", () => {
    expect(statSync(FUNCTION).size).toBeLessThan(470_000);
  });

  it.each([
    [{}, /^KEYWHEN_ALLOW_TARGETS is empty: name where events may go/],
    [{ KEYWHEN_ALLOW_TARGETS: "t/*", KEYWHEN_POLL: "1s" }, /^KEYWHEN_POLL is "1s", but KEYWHEN_MO/],
    [{ KEYWHEN_ALLOW_TARGETS: "t/*", KEYWHEN_MODE: "fast" }, /^KEYWHEN_MODE is "fast"/],
    [
      { KEYWHEN_ALLOW_TARGETS: "*/daily" },
      /^Invalid target pattern "\*\/daily": its bucket contains a \*/,
    ],
  ])(
    "fails while it starts, with what is wrong, if it is configured by %j",
    async (env, message) => {
      const started = await startFunction({ KEYWHEN_STORE: "s3://acme-schedule", ...env });
      expect(await started.api.initError).toEqual({
        errorType: "KeywhenError",
        errorMessage: expect.stringMatching(message),
      });
      await started.stop();
    },
  );

  it("shows the message and the error's name on a terminal, and no long line of source", () => {
    const { status, stderr } = spawnSync(process.execPath, [FUNCTION], {
      env: { PATH: process.env["PATH"], KEYWHEN_STORE: "s3://acme-schedule" },
      encoding: "utf8",
    });
    expect(stderr).toMatch(/^KeywhenError: KEYWHEN_ALLOW_TARGETS is empty: name where events/m);
    expect(Math.max(...stderr.split("\n").map((line) => line.length))).toBeLessThan(400);
    expect(status).toBe(1);
  });
});

withCeph(describe)("the function on a Ceph gateway", () => proveFunction(loopRuntime));
