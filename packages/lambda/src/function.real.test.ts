import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SweptReport } from "@keywhen/core/internal";
import { installApart, withCeph } from "@keywhen/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FunctionsOnCeph, startFunctionsOnCeph } from "./testing/function-on-ceph.js";
import { FUNCTION, type Runtime, startFunction } from "./testing/function-process.js";
import { proveFunction } from "./testing/function-promises.js";

/** It compiles a part of itself, with cmake, make and g++: half a minute, or minutes on a busy machine. */
const BUILD_LIMIT_MS = 900_000;
const PRECISE_TIMEOUT_MS = 150_000;
const MINUTE_MS = 60_000;

const client: { args: string[]; env: Record<string, string> } = { args: [], env: {} };
beforeAll(() => {
  const folder = installApart(["aws-lambda-ric@4.0.2"], { scripts: true });
  client.args = [join(folder, "node_modules/aws-lambda-ric/index.mjs")];
  client.env = {
    _HANDLER: "index.handler",
    LAMBDA_TASK_ROOT: dirname(FUNCTION),
    AWS_LAMBDA_FUNCTION_VERSION: "1",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
    AWS_LAMBDA_LOG_GROUP_NAME: "group",
    AWS_LAMBDA_LOG_STREAM_NAME: "stream",
  };
}, BUILD_LIMIT_MS);

describe("the function under Lambda's own runtime client", () => {
  it("fails while it starts, with what is missing, if it isn't configured", async () => {
    const started = await startFunction({ KEYWHEN_STORE: "s3://acme-schedule" }, client);
    expect(await started.api.initError).toMatchObject({
      errorType: "KeywhenError",
      errorMessage: expect.stringMatching(/^KEYWHEN_ALLOW_TARGETS contains no target/),
    });
    await started.stop();
  });
});

withCeph(describe)("the function under Lambda's own runtime client, on a Ceph gateway", () => {
  proveFunction(client satisfies Runtime);
});

withCeph(describe)("two precise invocations, woken a minute apart", () => {
  let ceph: FunctionsOnCeph;
  beforeAll(async () => {
    ceph = await startFunctionsOnCeph(client);
  });
  afterAll(() => ceph?.stop());

  it("deliver each event once and at its instant, across the full minute too", {
    timeout: 300_000,
  }, async () => {
    const { schedule, startFunction, pending, arrived } = await ceph.createSchedule();
    const env = { KEYWHEN_MODE: "precise", KEYWHEN_POLL: "1s" };
    const [one, other] = [await startFunction(env), await startFunction(env)];
    const startMs = Date.now();
    const nextMinuteMs = (Math.floor(startMs / MINUTE_MS) + 1) * MINUTE_MS;
    // To ten seconds behind the end of the first range, and most of all around it.
    const endMs = nextMinuteMs + MINUTE_MS;
    const spread = (endMs + 10_000 - startMs - 5_000) / 200;
    await schedule(200, (index) => new Date(startMs + 5_000 + index * spread));
    const first = one.api.invoke({}, PRECISE_TIMEOUT_MS);
    await sleep(nextMinuteMs + 2_000 - Date.now());
    const second = other.api.invoke({}, PRECISE_TIMEOUT_MS);
    const reports = (await Promise.all([first, second])) as SweptReport[];
    expect(reports.map(({ outcome, truncated }) => ({ outcome, truncated }))).toEqual([
      { outcome: "swept", truncated: false },
      { outcome: "swept", truncated: false },
    ]);
    expect(reports.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(200);
    expect(await pending()).toEqual([]);
    expect(await arrived()).toHaveLength(200);
    for (const { latenessMs } of reports) {
      expect(latenessMs?.min).toBeGreaterThanOrEqual(0);
      expect(latenessMs?.median).toBeLessThan(1_000);
    }
  });
});
