import { createScheduler } from "@keywhen/core";
import { manualClock, memoryStore } from "@keywhen/core/testing";
import { describe, expect, it } from "vitest";
import { createSweepHandler } from "./create-sweep-handler.js";

const NOON = "2026-12-24T12:00:00Z";

function setUp(copyMs: number) {
  const clock = manualClock(NOON);
  const store = memoryStore({ clock });
  const slow: typeof store = {
    ...store,
    copy: async (source, target, options) => {
      await clock.sleep(copyMs, { signal: options?.signal });
      return store.copy(source, target, options);
    },
  };
  const home = { store: slow, bucket: "schedule", clock, concurrency: 1, allowTargets: ["out/*"] };
  const lines: object[] = [];
  const handler = createSweepHandler({ ...home, log: (line) => lines.push(line) });
  const schedule = async (count: number) => {
    const scheduler = createScheduler({ store, bucket: "schedule", clock });
    for (let index = 0; index < count; index++) {
      await scheduler.schedule({ at: NOON, to: { bucket: "out", key: `${index}` } });
    }
  };
  const contextOf = (timeoutMs: number) => {
    const endMs = clock.now() + timeoutMs;
    return { getRemainingTimeInMillis: () => endMs - clock.now() };
  };
  return { clock, handler, lines, schedule, contextOf };
}

describe("createSweepHandler()", () => {
  it("sweeps, logs the report and returns it", async () => {
    const { clock, handler, lines, schedule, contextOf } = setUp(0);
    await schedule(3);
    const result = handler({ any: "event" }, contextOf(60_000));
    await clock.advance("2s");
    const report = await result;
    expect(report).toMatchObject({ outcome: "swept", delivered: 3 });
    expect(lines).toEqual([{ message: "keywhen: swept", ...report }]);
  });

  it("starts no copy in the last ten seconds before the invocation's deadline", async () => {
    const { clock, handler, schedule, contextOf } = setUp(1_000);
    await schedule(100);
    const result = handler({}, contextOf(60_000));
    await clock.advance("1m");
    expect(await result).toMatchObject({ truncated: "deadline", delivered: 50, undeleted: 0 });
  });

  it("keeps a fifth of a short invocation", async () => {
    const { clock, handler, schedule, contextOf } = setUp(1_000);
    await schedule(100);
    const result = handler({}, contextOf(10_000));
    await clock.advance("10s");
    expect(await result).toMatchObject({ truncated: "deadline", delivered: 6 });
  });

  it("refuses options that can't be right when it is made, before any invocation", () => {
    const { clock } = setUp(0);
    const home = { store: memoryStore({ clock }), bucket: "b", clock };
    expect(() => createSweepHandler({ ...home, allowTargets: [] })).toThrow(
      /allowTargets is missing/,
    );
  });
});
