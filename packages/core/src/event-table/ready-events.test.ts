import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dueEvent } from "../test-support/due-event.js";
import { SlowBuckets } from "./limits.js";
import { ReadyEvents } from "./ready-events.js";
import { TrackedEvent } from "./tracked-event.js";

const LIMIT = 16; // of which slow buckets get two

function event(bucket: string, key: string, sinceMs = 0): TrackedEvent {
  const target = `${bucket}/${key}`;
  return new TrackedEvent(dueEvent(key, { to: { bucket, key }, target, sinceMs }));
}

const named = (bucket: string, count: number) =>
  Array.from({ length: count }, (_, index) => event(bucket, `${bucket}${index}`));

const keysOf = (events: readonly TrackedEvent[]) => events.map((tracked) => tracked.event.key);

function readyWith(events: readonly TrackedEvent[]) {
  const slowBuckets = new SlowBuckets();
  const ready = new ReadyEvents(slowBuckets);
  for (const one of events) ready.add(one);
  const slow = (bucket: string, times = 8) => {
    for (let time = 0; time < times; time++) slowBuckets.ended(bucket, "failed", 2_000);
  };
  const take = (limit = LIMIT) => ready.take(limit)?.event.key;
  return { ready, slowBuckets, slow, take };
}

describe("ReadyEvents", () => {
  it("gives out events in the order in which they came, a freed one first", () => {
    const { ready, take } = readyWith(named("a", 2));
    ready.addFirst(event("b", "freed"));
    expect([take(), take(), take(), take()]).toEqual(["freed", "a0", "a1", undefined]);
  });

  it("marks what waits for its turn as ready, and what waits for a slow bucket as slow", () => {
    const events = named("bad", 3);
    const freed = event("good", "freed");
    const { ready, slow, take } = readyWith(events);
    ready.addFirst(freed);
    expect([...events, freed].map(({ state }) => state)).toEqual(Array(4).fill("ready"));
    slow("bad");
    for (let times = 0; times < 4; times++) take();
    expect(events[2]?.state).toBe("slow");
  });

  it("lets other events pass those whose bucket fails slowly", () => {
    const bad = named("bad", 5);
    const { ready, slow, take } = readyWith([...bad, event("good", "good")]);
    slow("bad");
    expect([take(), take(), take(), take()]).toEqual(["bad0", "bad1", "good", undefined]);
    expect([ready.size, ready.slowCount]).toEqual([0, 3]);
    ready.ended(bad[0] as TrackedEvent);
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
    expect(ready.slowCount).toBe(500);
    const postponed = [ready.takePostponed(), ready.takePostponed(), ready.takePostponed()];
    const keys = postponed.map((tracked) => tracked?.event.key).toSorted();
    expect(keys).toEqual(["bad502", "bad503", undefined]);
    expect(ready.clear()).toHaveLength(500);
    expect([ready.size, ready.slowCount]).toEqual([0, 0]);
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
          add: (one: TrackedEvent) => [ready.add(one), array.push(one.event.key)],
          addFirst: (one: TrackedEvent) => [ready.addFirst(one), array.unshift(one.event.key)],
          take: () => expect(take()).toBe(array.shift()),
        };
        for (const { what, times, thenCleared } of steps) {
          for (let left = times; left > 0; left--) {
            const sinceMs = ++count;
            acts[what](event("b", `${count}`, sinceMs));
          }
          if (thenCleared) expect(keysOf(ready.clear())).toEqual(array.splice(0));
          const oldestMs = Math.min(...array.map(Number)); // infinite if there is none
          expect([ready.size, ready.sinceMs]).toEqual([array.length, oldestMs]);
        }
      }),
      { numRuns: 300 },
    );
  });
});
