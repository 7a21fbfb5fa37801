import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dueEvent } from "../test-support/due-event.js";
import { storeError } from "../test-support/test-schedule.js";
import type { DueEvent } from "./event-states.js";
import { ConcurrencyLimit, ReadyEvents, SlowBuckets, UpcomingEvents } from "./waiting-events.js";

const FAILED = {
  outcome: "failed",
  error: storeError("denied", "copy"),
  deadLetterReason: undefined,
} as const;

const keysOf = (events: readonly DueEvent[]) => events.map(({ key }) => key);

const at = (atMs: number, key = `${atMs}`) => dueEvent(key, { atMs });

function upcomingOf(most: number, ...events: readonly DueEvent[]) {
  const upcoming = new UpcomingEvents(most);
  const withoutRoom = events.map((event) => upcoming.add(event)?.key);
  const takeDue = (nowMs: number) => upcoming.takeDue(nowMs)?.key;
  return { upcoming, withoutRoom, takeDue };
}

describe("UpcomingEvents", () => {
  it("returns events by their instants, then by their keys", () => {
    const { upcoming, takeDue } = upcomingOf(9, at(30), at(10, "b"), at(20), at(10, "a"));
    expect(upcoming.nextMs).toBe(10);
    expect(takeDue(9)).toBeUndefined();
    expect([takeDue(20), takeDue(20), takeDue(20), takeDue(20)]).toEqual([
      "a",
      "b",
      "20",
      undefined,
    ]);
    expect([upcoming.nextMs, takeDue(99), takeDue(99)]).toEqual([30, "30", undefined]);
    expect(upcoming.nextMs).toBe(Number.POSITIVE_INFINITY);
  });

  it.each([
    ["the new event if it is later than all", 30, "30", ["10", "20"]],
    ["the latest event if the new one is earlier", 15, "20", ["10", "15"]],
  ])("returns %s and there is no room", (_, atMs, returned, kept) => {
    const { upcoming, withoutRoom } = upcomingOf(2, at(10), at(20), at(atMs));
    expect(withoutRoom).toEqual([undefined, undefined, returned]);
    expect(keysOf(upcoming.clear())).toEqual(kept);
  });

  it("knows since when the oldest event could have been delivered", () => {
    const written = dueEvent("10", { atMs: 10, sinceMs: 35 });
    const { upcoming, takeDue } = upcomingOf(9, written, dueEvent("20", { sinceMs: 20 }));
    expect(upcoming.sinceMs).toBe(20);
    takeDue(10);
    expect(upcoming.sinceMs).toBe(35);
    takeDue(10);
    expect(upcoming.sinceMs).toBe(Number.POSITIVE_INFINITY);
  });

  it("is worth another listing once events had no room and half of it is free", () => {
    const { upcoming, takeDue } = upcomingOf(2, at(1));
    expect(upcoming.isWorthListing).toBe(false); // no event had no room
    for (const atMs of [2, 3]) upcoming.add(at(atMs));
    expect(upcoming.isWorthListing).toBe(false);
    takeDue(4);
    expect(upcoming.isWorthListing).toBe(true);
    upcoming.startListing();
    expect(upcoming.isWorthListing).toBe(false);
  });

  it("keeps the earliest events, sorted, for any order of arrival", () => {
    const instants = fc.array(fc.nat({ max: 50 }), { maxLength: 40 });
    fc.assert(
      fc.property(instants, fc.integer({ min: 1, max: 20 }), (given, most) => {
        const events = given.map((atMs, index) => at(atMs, `${atMs}-${index}`));
        const { upcoming, withoutRoom } = upcomingOf(most, ...events);
        const kept = upcoming.clear().map(({ atMs }) => atMs);
        expect(kept).toEqual(given.toSorted((one, other) => one - other).slice(0, most));
        const cut = withoutRoom.filter((key) => key !== undefined);
        expect(cut).toHaveLength(Math.max(0, given.length - most));
      }),
    );
  });
});

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
    for (let time = 0; time < times; time++) slowBuckets.ended(bucket, "failed", 2_000);
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
    slowBuckets.ended("a", "succeeded", 1);
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
    for (let count = 0; count < slowFailures; count++) buckets.ended("b", "failed", 2_000);
    return buckets;
  };

  it("calls a bucket slow after eight failures in a row that took two seconds or more", () => {
    expect(bucketWith(7).has("b")).toBe(false);
    expect(bucketWith(8).has("b")).toBe(true);
    expect(bucketWith(8).has("other")).toBe(false);
  });

  it.each([
    ["a quick failure", "failed", 1_999],
    ["a success, however slow", "succeeded", 10_000],
  ] as const)("starts counting again after %s", (_, how, tookMs) => {
    const buckets = bucketWith(8);
    buckets.ended("b", how, tookMs);
    expect(buckets.has("b")).toBe(false);
    for (let count = 0; count < 7; count++) buckets.ended("b", "failed", 2_000);
    expect(buckets.has("b")).toBe(false);
  });
});

function limitOf(most: number) {
  let nowMs = 0;
  const limit = new ConcurrencyLimit(most);
  return {
    limit,
    /** A request that is sent now is throttled. */
    throttle: () => {
      nowMs += 1;
      return limit.throttled(nowMs, nowMs);
    },
    /** One success for each copy that may be in flight. */
    round: () => {
      nowMs += 1;
      for (let left = limit.current; left > 0; left--) limit.succeeded();
    },
  };
}

describe("ConcurrencyLimit", () => {
  it("starts at 64 and doubles with each round, up to the most", () => {
    const { limit, round } = limitOf(300);
    expect(limit.current).toBe(64);
    round();
    expect(limit.current).toBe(128);
    for (let rounds = 0; rounds < 3; rounds++) round();
    expect(limit.current).toBe(300);
  });

  it("starts at the most if that is less", () => {
    expect(limitOf(8).limit.current).toBe(8);
  });

  it("halves once for all requests that were sent before", () => {
    const { limit, throttle } = limitOf(64);
    expect(throttle()).toBe(true);
    expect(limit.throttled(0, 2)).toBe(false);
    expect(limit.throttled(1, 2)).toBe(false);
    expect(limit.current).toBe(32);
  });

  it("counts from the answer on: a request that was sent before it says nothing new", () => {
    const limit = new ConcurrencyLimit(64);
    expect([limit.throttled(1, 9), limit.throttled(9, 10), limit.throttled(10, 10)]).toEqual([
      true,
      false,
      true,
    ]);
    expect(limit.current).toBe(16);
  });

  it("halves again if a request that was sent afterwards is throttled, down to one", () => {
    const { limit, throttle } = limitOf(64);
    for (let times = 0; times < 10; times++) throttle();
    expect(limit.current).toBe(1);
    expect(throttle()).toBe(false);
  });

  it("returns quickly to just below what was too much, and grows slowly from there", () => {
    const { limit, throttle, round } = limitOf(1_000);
    while (limit.current < 512) round();
    throttle();
    expect(limit.current).toBe(256);
    for (let rounds = 0; rounds < 5; rounds++) round();
    expect(limit.current).toBeGreaterThan(450);
    const near = limit.current;
    for (let rounds = 0; rounds < 5; rounds++) round();
    expect(limit.current - near).toBeLessThan(25);
  });

  it("grows quickly again once it is well beyond what was too much", () => {
    const { limit, throttle, round } = limitOf(1_000);
    throttle(); // 64 was too much
    for (let rounds = 0; rounds < 200; rounds++) round();
    expect(limit.current).toBe(1_000);
  });
});
