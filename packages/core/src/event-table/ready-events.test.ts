import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dueEvent } from "../test-support/due-event.js";
import { storeError } from "../test-support/test-schedule.js";
import type { Delivery, DueEvent } from "./due-event.js";
import { ReadyEvents, SlowBuckets } from "./ready-events.js";

const FAILED = {
  outcome: "failed",
  error: storeError("denied", "copy"),
  deadLetterReason: undefined,
} as const;

const keysOf = (events: readonly DueEvent[]) => events.map(({ key }) => key);

/** Slow buckets get two of these. */
const LIMIT = 16;

function event(bucket: string, key: string, sinceMs = 0): DueEvent {
  return dueEvent(key, { to: { bucket, key }, target: `${bucket}/${key}`, sinceMs });
}

const named = (bucket: string, count: number) =>
  Array.from({ length: count }, (_, index) => event(bucket, `${bucket}${index}`));

function readyWith(events: readonly DueEvent[]) {
  const slowBuckets = new SlowBuckets();
  const ready = new ReadyEvents(slowBuckets);
  for (const one of events) ready.add(one);
  const slow = (bucket: string, times = 8) => {
    for (let time = 0; time < times; time++) slowBuckets.ended(bucket, true, 2_000);
  };
  const take = (limit = LIMIT) => ready.take(limit)?.key;
  return { ready, slowBuckets, slow, take };
}

describe("ReadyEvents", () => {
  it("returns events in the order of arrival, a freed one first", () => {
    const { ready, take } = readyWith(named("a", 2));
    ready.addFirst(event("b", "freed"));
    expect([take(), take(), take(), take()]).toEqual(["freed", "a0", "a1", undefined]);
  });

  it("lets other events pass those whose bucket fails slowly", () => {
    const bad = named("bad", 5);
    const { ready, slow, take } = readyWith([...bad, event("good", "good")]);
    slow("bad");
    expect([take(), take(), take(), take()]).toEqual(["bad0", "bad1", "good", undefined]);
    expect(ready.size).toBe(0);
    ready.ended(bad[0] as DueEvent, { outcome: "untried" }, 0);
    expect([take(), take()]).toEqual(["bad2", undefined]);
  });

  it("gives slow buckets one copy at a time even if an eighth of the limit is less than one", () => {
    const { slow, take } = readyWith(named("bad", 2));
    slow("bad");
    expect([take(7), take(7)]).toEqual(["bad0", undefined]);
  });

  it("starts every waiting event once its bucket answers", () => {
    const { slow, slowBuckets, take } = readyWith(named("a", 6));
    slow("a");
    expect([take(), take(), take()]).toEqual(["a0", "a1", undefined]);
    slowBuckets.ended("a", false, 1);
    expect([take(), take(), take(), take()]).toEqual(["a2", "a3", "a4", "a5"]);
  });

  it("keeps five hundred events of slow buckets waiting and postpones the others", () => {
    const { ready, slow, take } = readyWith(named("bad", 504));
    slow("bad");
    expect([take(), take(), take()]).toEqual(["bad0", "bad1", undefined]);
    const postponed = [ready.takePostponed(), ready.takePostponed(), ready.takePostponed()];
    const keys = postponed.map((late) => late?.key).toSorted();
    expect(keys).toEqual(["bad502", "bad503", undefined]);
    expect(ready.clear()).toHaveLength(500);
    expect(ready.clear()).toEqual([]);
  });

  it("knows since when the oldest event waits, behind a slow bucket too", () => {
    const { ready, slow, take } = readyWith([
      ...named("bad", 2),
      event("bad", "older", -5),
      event("good", "good"),
    ]);
    slow("bad");
    expect([take(), take(), take()]).toEqual(["bad0", "bad1", "good"]);
    expect(ready.sinceMs).toBe(-5);
    ready.add(event("good", "oldest", -9));
    expect(ready.sinceMs).toBe(-9);
    ready.clear();
    expect(ready.sinceMs).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([
    ["a slow failure", { ...FAILED, wasAsked: true }, true],
    ["a slow failure without a request", { ...FAILED, wasAsked: false }, false],
    ["an event that had no try", { outcome: "untried" }, false],
    ["an event that backs off", { outcome: "backing-off" }, false],
    ["a slow success", { outcome: "gone" }, false],
  ] as const)("counts the answers of target buckets: %s", (_, delivery, isSlow) => {
    const { ready, slowBuckets, slow } = readyWith([]);
    slow("b", 7);
    ready.ended({ ...event("b", "k"), startedMs: 5_000 }, delivery, 7_000);
    expect(slowBuckets.has("b")).toBe(isSlow);
  });

  it("behaves like an array, for any sequence of calls", () => {
    const step = fc.record({
      what: fc.constantFrom("add", "add", "take", "addFirst"),
      times: fc.integer({ min: 1, max: 80 }),
      thenCleared: fc.nat(9).map((digit) => digit === 0),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { ready, take } = readyWith([]);
        const array: string[] = [];
        let count = 0;
        const acts = {
          add: (one: DueEvent) => [ready.add(one), array.push(one.key)],
          addFirst: (one: DueEvent) => [ready.addFirst(one), array.unshift(one.key)],
          take: () => expect(take()).toBe(array.shift()),
        };
        for (const { what, times, thenCleared } of steps) {
          for (let left = times; left > 0; left--) {
            const sinceMs = ++count;
            acts[what](event("b", `${count}`, sinceMs));
          }
          if (thenCleared) expect(keysOf(ready.clear())).toEqual(array.splice(0));
          const oldestMs = Math.min(...array.map(Number)); // infinite without events
          expect([ready.size, ready.sinceMs]).toEqual([array.length, oldestMs]);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("SlowBuckets", () => {
  const bucketWith = (slowFailures: number) => {
    const buckets = new SlowBuckets();
    for (let count = 0; count < slowFailures; count++) buckets.ended("b", true, 2_000);
    return buckets;
  };

  it("calls a bucket slow after eight failures in a row that took two seconds or more", () => {
    expect(bucketWith(7).has("b")).toBe(false);
    expect(bucketWith(8).has("b")).toBe(true);
    expect(bucketWith(8).has("other")).toBe(false);
  });

  it.each([
    ["a quick failure", true, 1_999],
    ["a success, however slow", false, 10_000],
  ] as const)("starts counting again after %s", (_, hasFailed, tookMs) => {
    const buckets = bucketWith(8);
    buckets.ended("b", hasFailed, tookMs);
    expect(buckets.has("b")).toBe(false);
    for (let count = 0; count < 7; count++) buckets.ended("b", true, 2_000);
    expect(buckets.has("b")).toBe(false);
  });

  it.each<[string, Delivery, number, boolean]>([
    ["found", { outcome: "found" }, 9_000, false],
    ["gone", { outcome: "gone" }, 9_000, false],
    ["failed soon", { ...FAILED, wasAsked: true }, 2_999, false],
    ["failed slowly", { ...FAILED, wasAsked: true }, 3_000, true],
    ["failed without a request", { ...FAILED, wasAsked: false }, 1_000, true],
    ["not tried", { outcome: "untried" }, 1_000, true],
    ["not due for its next try", { outcome: "backing-off" }, 1_000, true],
  ])("hears of an event that was %s only if its bucket was asked", (_, delivery, nowMs, isSlow) => {
    const buckets = bucketWith(8);
    const started = { ...dueEvent("k", { to: { bucket: "b", key: "k" } }), startedMs: 1_000 };
    buckets.settled(started, delivery, nowMs);
    expect(buckets.has("b")).toBe(isSlow);
  });

  it("counts the failures of ten thousand buckets, and of no more", () => {
    const buckets = new SlowBuckets();
    const failSlowly = (bucket: string) => {
      for (let count = 0; count < 8; count++) buckets.ended(bucket, true, 2_000);
      return buckets.has(bucket);
    };
    for (let index = 0; index < 10_000; index++) failSlowly(`${index}`);
    expect([failSlowly("another"), failSlowly("9999")]).toEqual([false, true]);
    buckets.ended("0", false, 1);
    expect(failSlowly("another")).toBe(true);
  });
});
