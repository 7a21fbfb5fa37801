import { createScheduler, createSweeper, type Duration, type SweepEvent } from "@keywhen/core";
import { type ObjectStore, ObjectStoreError } from "@keywhen/core/store";
import { faultyStore, manualClock, memoryStore } from "@keywhen/core/testing";
import { describe, expect, it } from "vitest";
import { createSweepHandler, type SweepHandlerOptions, shardOf } from "./create-sweep-handler.js";

const NOON = "2026-12-24T12:00:00Z";

const NO_BUCKET = { code: "no-such-bucket", bucket: "out", message: "no such bucket" } as const;

function setUp(
  copyMs: number,
  options: Partial<SweepHandlerOptions> = {},
  wrap: (store: ObjectStore) => ObjectStore = (store) => store,
) {
  const clock = manualClock(NOON);
  const store = memoryStore({ clock });
  const slow: typeof store = {
    ...store,
    copy: async (source, target, options) => {
      await clock.sleep(copyMs, { signal: options?.signal });
      return store.copy(source, target, options);
    },
  };
  const home = {
    store: wrap(slow),
    bucket: "schedule",
    clock,
    concurrency: 1,
    allowTargets: ["out/*"],
  };
  const lines: object[] = [];
  const handler = createSweepHandler({ ...home, ...options, log: (line) => lines.push(line) });
  const schedule = async (count: number) => {
    const scheduler = createScheduler({ store, bucket: "schedule", clock });
    for (let index = 0; index < count; index++) {
      await scheduler.schedule({ at: NOON, to: { bucket: "out", key: `${index}` } });
    }
  };
  const scheduleAt = async (...times: string[]) => {
    const scheduler = createScheduler({ store, bucket: "schedule", clock });
    for (const time of times) {
      await scheduler.schedule({ at: `2026-12-24T${time}Z`, to: { bucket: "out", key: time } });
    }
  };
  const contextOf = (timeoutMs: number) => {
    const endMs = clock.now() + timeoutMs;
    return { getRemainingTimeInMillis: () => endMs - clock.now() };
  };
  /** Invokes the handler while time passes. */
  const invoke = async (timeoutMs: number, advance: Duration) => {
    const result = handler({}, contextOf(timeoutMs));
    await clock.advance(advance);
    return result;
  };
  return { clock, handler, invoke, lines, schedule, scheduleAt, contextOf, home };
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
    const { invoke, schedule } = setUp(1_000);
    await schedule(100);
    expect(await invoke(60_000, "1m")).toMatchObject({
      truncated: "deadline",
      delivered: 50,
      undeleted: 0,
    });
  });

  it("reserves a fifth of a short invocation", async () => {
    const { invoke, schedule } = setUp(1_000);
    await schedule(100);
    expect(await invoke(10_000, "10s")).toMatchObject({ truncated: "deadline", delivered: 6 });
  });

  it("returns without a failure if another sweeper is at work, and logs its name", async () => {
    const { clock, invoke, lines, schedule, home } = setUp(60_000);
    await schedule(1);
    const other = createSweeper({ ...home, owner: "daemon" }).sweep();
    await clock.advance("1s");
    expect(await invoke(60_000, "1s")).toMatchObject({
      outcome: "held",
      by: expect.stringMatching(/^daemon/),
    });
    expect(lines).toEqual([expect.objectContaining({ message: "keywhen: held", outcome: "held" })]);
    await clock.advance("2m");
    await other;
  });

  it("waits for another sweeper's end with whenHeld: wait", async () => {
    const { clock, handler, schedule, contextOf, home } = setUp(8_000, { whenHeld: "wait" });
    await schedule(2);
    const other = createSweeper(home).sweep({ deadline: new Date(clock.now() + 12_000) });
    await clock.advance("1s");
    const result = handler({}, contextOf(60_000));
    await clock.advance("1m");
    expect(await other).toMatchObject({ delivered: 1, truncated: "deadline" });
    expect(await result).toMatchObject({ outcome: "swept", lease: "waited", delivered: 1 });
  });

  it("dead-letters what failed for longer than its maxAge", async () => {
    const { clock, invoke, schedule } = setUp(0, { maxAge: "90s" }, (store) =>
      faultyStore(store, {
        before: ({ bucket, kind, key }) =>
          bucket === "out"
            ? new ObjectStoreError({ ...NO_BUCKET, operation: kind, key })
            : undefined,
      }),
    );
    await schedule(1);
    await clock.advance("10s");
    expect(await invoke(60_000, "2m")).toMatchObject({ retrying: 1, dead: 0 });
    expect(await invoke(60_000, "2m")).toMatchObject({ retrying: 0, dead: 1 });
  });

  it("delivers each event at its instant until the end of the next minute in precise mode", async () => {
    const { clock, handler, scheduleAt, contextOf } = setUp(0, { mode: "precise", poll: "1s" });
    await scheduleAt("12:00:30", "12:01:59.999", "12:02:00");
    await clock.advance("20s");
    const result = handler({}, contextOf(150_000));
    await clock.advance("2m");
    expect(clock.now()).toBeLessThan(Date.parse("2026-12-24T12:02:30Z"));
    expect(await result).toMatchObject({
      delivered: 2,
      truncated: false,
      latenessMs: { min: 0, max: 0 },
      durationMs: expect.toSatisfy((ms: number) => ms >= 100_000 && ms < 105_000),
    });
  });

  it("leaves no gap between two precise invocations, and delivers nothing twice", async () => {
    const { clock, handler, scheduleAt, contextOf, home } = setUp(0, { mode: "precise" });
    const second = createSweepHandler({ ...home, mode: "precise", log: () => {} });
    await scheduleAt("12:00:30", "12:01:30", "12:02:00", "12:02:01");
    await clock.advance("59s");
    const first = handler({}, contextOf(150_000));
    await clock.advance("2s");
    const next = second({}, contextOf(150_000));
    await clock.advance("3m");
    expect(await first).toMatchObject({ delivered: 2 });
    expect(await next).toMatchObject({ delivered: 2, alreadyDelivered: 0, latenessMs: { max: 0 } });
  });

  it("fails instead of sweeping if a precise sweep can't end within the timeout", async () => {
    const { handler, lines, schedule, contextOf } = setUp(0, { mode: "precise" });
    await schedule(1);
    await expect(handler({}, contextOf(60_000))).rejects.toMatchObject({
      code: "invalid-option",
    });
    expect(lines).toEqual([]);
  });

  it("logs the first failure of each kind, and reports all to the observer", async () => {
    const types: string[] = [];
    const observe = (event: SweepEvent) => void types.push(event.type);
    const { invoke, lines, schedule } = setUp(0, { observe }, (store) =>
      faultyStore(store, {
        before: ({ kind, key, bucket }) =>
          bucket === "out" || kind === "delete"
            ? new ObjectStoreError({ ...NO_BUCKET, bucket, operation: kind, key })
            : undefined,
      }),
    );
    await schedule(3);
    for (let invocation = 0; invocation < 2; invocation++) {
      await invoke(60_000, "2m");
    }
    const message = expect.stringMatching(/^copy out\/0: no such bucket/);
    const errors = [{ type: "failed", code: "no-such-bucket", message }];
    expect(lines).toMatchObject([
      { retrying: 3, errors },
      { retrying: 3, errors },
    ]);
    expect(types.filter((type) => type === "failed")).toHaveLength(6);
  });

  it("logs the refused target and the patterns", async () => {
    const { invoke, lines, schedule } = setUp(0, {
      allowTargets: ["remindrs/*"],
    });
    await schedule(1);
    expect(await invoke(60_000, "2s")).toMatchObject({
      leftInPlace: 1,
      circuitOpen: true,
      dead: 0,
    });
    const message = "out/0 is outside allowTargets (remindrs/*)";
    expect(lines).toMatchObject([
      { errors: [{ type: "refused", code: "target-not-allowed", message }] },
    ]);
  });

  it("adds metrics to its line if they have a namespace", async () => {
    const metrics = { namespace: "acme", functionName: "sweeper" };
    const { invoke, lines, schedule } = setUp(0, { metrics });
    await schedule(2);
    await invoke(60_000, "2s");
    expect(lines).toMatchObject([{ delivered: 2, Delivered: 2, _aws: expect.anything() }]);
  });

  it("refuses wrong options when it is created, before any invocation", () => {
    const { home } = setUp(0);
    expect(() => createSweepHandler({ ...home, allowTargets: [] })).toThrow();
    expect(() => createSweepHandler({ ...home, allowTargets: ["*"], poll: "1s" })).toThrow();
  });
});

describe("shardOf()", () => {
  it("reads the shard in a schedule's input", () => {
    expect(shardOf({ shard: { index: 2, count: 4 } })).toEqual({ index: 2, count: 4 });
  });

  it.each([undefined, null, "text", {}, { source: "aws.scheduler" }])(
    "returns undefined for %j",
    (event) => {
      expect(shardOf(event)).toBeUndefined();
    },
  );

  it.each([[{ shard: 2 }], [{ shard: { index: "2", count: 4 } }], [{ shard: null }]])(
    "refuses %j, so that a misspelled shard is not skipped",
    (event) => {
      expect(() => shardOf(event)).toThrow();
    },
  );
});
