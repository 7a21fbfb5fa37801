import { describe, expect, it } from "vitest";
import type { DueEvent } from "../event-table/due-event.js";
import type { Destination } from "../targets/destination.js";
import { storeTarget } from "../targets/store-target.js";
import { dueEvent } from "../test-support/due-event.js";
import { sweepRun } from "../test-support/sweep-run.js";
import { NOON, testSchedule } from "../test-support/test-schedule.js";
import { callDestination } from "./call-destination.js";
import { NamedDestination } from "./destinations.js";

const NOON_MS = Date.parse(NOON);

/** Calls a destination that takes every event, with one that is due. */
async function setUp(destination?: Destination) {
  const schedule = testSchedule();
  const { clock, store } = schedule;
  const run = sweepRun(schedule);
  const key = "keywhen/pending/e";
  await store.put({ bucket: "schedule", key }, new Uint8Array(1));
  const calls: string[] = [];
  const deliver = async ({ key: called }: { key: string }) => {
    calls.push(called);
    return { outcome: "delivered" } as const;
  };
  const named = new NamedDestination("mail", destination ?? { deliver }, clock);
  const history = {
    wasTried: () => false,
    mayBeDelivered: () => false,
    backsOffUntilMs: (): number | undefined => undefined,
    nowMs: () => NOON_MS,
  };
  const target = storeTarget(store, "schedule");
  const context = { run, storeTarget: target, history, onThrottled: () => {} };
  const to = { bucket: "mail", key: "k" };
  const call = (changes: Partial<DueEvent> = {}, ownHistory: Partial<typeof history> = {}) => {
    const event = dueEvent("e", { key, to, target: "mail/k", atMs: NOON_MS - 1_000, ...changes });
    return callDestination({ ...context, history: { ...history, ...ownHistory } }, named, event);
  };
  return { run, clock, calls, call };
}

describe("callDestination()", () => {
  it("hands over an event that is due", async () => {
    const { calls, call } = await setUp();
    expect(await call()).toEqual({ outcome: "delivered", isRemoved: false, latenessMs: 1_000 });
    expect(calls).toEqual(["k"]);
  });

  it("leaves an event that waits for its next try, unless the older one has just been delivered", async () => {
    const { calls, call } = await setUp();
    const waits = { backsOffUntilMs: () => NOON_MS + 1 };
    expect(await call({}, waits)).toEqual({ outcome: "backing-off" });
    expect(calls).toEqual([]);
    expect(await call({ isFreed: true }, waits)).toMatchObject({ outcome: "delivered" });
  });

  it("leaves an event that is not due by a clock that was set back, or if nothing may start", async () => {
    const { run, calls, call } = await setUp();
    expect(await call({ atMs: NOON_MS + 1 })).toEqual({ outcome: "untried" });
    run.shutdown.obstacleToCall = () => "stopped";
    expect(await call()).toEqual({ outcome: "untried" });
    run.shutdown.obstacleToCall = () => undefined;
    run.shutdown.stop("aborted");
    expect(await call()).toEqual({ outcome: "untried" });
    expect(calls).toEqual([]);
  });

  it("does not hand over an event that has expired", async () => {
    const { calls, call } = await setUp();
    expect(await call({ expiresAtMs: NOON_MS - 1 })).toEqual({ outcome: "expired" });
    expect(calls).toEqual([]);
  });

  it.each([true, false])(
    "does not hand over an event that expires while it is opened (the error passes: %s)",
    async (passes) => {
      const { clock, call } = await setUp({
        async deliver(_, open) {
          await clock.advance("10s");
          const opening = open();
          if (passes) await opening;
          return opening.then(
            () => ({ outcome: "delivered" }),
            () => ({ outcome: "failed", message: "not opened" }),
          );
        },
      });
      expect(await call({ expiresAtMs: NOON_MS + 5_000 })).toEqual({ outcome: "expired" });
    },
  );
});
