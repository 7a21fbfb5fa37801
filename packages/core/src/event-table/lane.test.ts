import { describe, expect, it } from "vitest";
import { dueEvent } from "../test-support/due-event.js";
import type { DueEvent } from "./due-event.js";
import { Lane } from "./lane.js";
import { Lanes } from "./lanes.js";

const NEVER = Number.POSITIVE_INFINITY;

/** A lane for ten events of a destination that takes two at the same time; each event is counted as the table does. */
function laneOf(changes: { isFailing?: boolean; pausedUntilMs?: number } = {}) {
  const state = { isFailing: false, pausedUntilMs: Number.NEGATIVE_INFINITY, ...changes };
  const destination = {
    name: "mail",
    concurrency: 2,
    get pausedUntilMs() {
      return state.pausedUntilMs;
    },
  };
  const lane = new Lane(destination, {
    mostOnTheWay: 10,
    slowBuckets: { has: () => state.isFailing },
    waitsUntilMs: (nowMs) => nowMs + 5_000,
  });
  const add = (count: number) => {
    for (let added = 0; added < count; added++) {
      lane.count(1);
      lane.add(dueEvent(`${added}`, { sinceMs: added + 1 }));
    }
  };
  const drop = (event: DueEvent | undefined) => {
    if (event !== undefined) lane.count(-1);
    return event;
  };
  return { lane, state, add, drop };
}

describe("Lane", () => {
  it("returns its events in order, and one that was blocked first", () => {
    const { lane, add } = laneOf();
    add(2);
    lane.addFirst(dueEvent("first", { sinceMs: 9 }));
    expect(lane.sinceMs).toBe(1);
    expect([1, 2, 3, 4].map(() => lane.take(0)?.id)).toEqual(["first", "0", "1", undefined]);
    expect([lane.hasReady, lane.sinceMs]).toEqual([false, NEVER]);
  });

  it("makes the listing wait while it is full, until half of it is free", () => {
    const { lane, add } = laneOf();
    add(9);
    expect([lane.holdsUp, lane.accepts, lane.nextMs(0)]).toEqual([false, true, NEVER]);
    add(1);
    expect([lane.holdsUp, lane.accepts, lane.nextMs(0)]).toEqual([true, true, 2_000]);
    for (let left = 0; left < 4; left++) lane.count(-1);
    expect(lane.holdsUp).toBe(true);
    lane.count(-1);
    expect([lane.holdsUp, lane.nextMs(0)]).toEqual([false, NEVER]);
  });

  it("is slow after two seconds, and then keeps out what has no room until it is empty", () => {
    const { lane, add, drop } = laneOf();
    add(10);
    expect(lane.takePostponed(100)).toBeUndefined();
    expect(lane.nextMs(1_000)).toBe(2_100);
    lane.takePostponed(2_099);
    expect(lane.holdsUp).toBe(true);
    lane.takePostponed(2_100);
    expect([lane.holdsUp, lane.accepts, lane.nextMs(2_100)]).toEqual([false, false, NEVER]);
    drop(lane.take(2_100));
    expect([lane.holdsUp, lane.accepts]).toEqual([false, true]);
    add(1);
    expect([lane.holdsUp, lane.accepts]).toEqual([false, false]);
    while (lane.hasReady) drop(lane.take(2_100));
    add(10);
    expect([lane.holdsUp, lane.accepts]).toEqual([true, true]);
  });

  it("keeps four events of a destination that fails slowly, two for each call in flight", () => {
    const { lane, state, add, drop } = laneOf();
    add(6);
    state.isFailing = true;
    expect(lane.accepts).toBe(false);
    expect(drop(lane.takePostponed(0))?.id).toBe("5");
    expect(drop(lane.takePostponed(0))?.id).toBe("4");
    expect(lane.takePostponed(0)).toBeUndefined();
    drop(lane.take(0));
    expect([lane.accepts, lane.holdsUp]).toEqual([true, false]);
  });

  it("waits for the end of a short pause, and lets everything stay in a long one", () => {
    const { lane, state, add, drop } = laneOf({ pausedUntilMs: 4_000 });
    add(2);
    lane.takePostponed(0);
    expect([lane.hasNext(0), lane.take(3_999), lane.accepts]).toEqual([false, undefined, true]);
    expect([lane.nextMs(0), lane.nextMs(4_000)]).toEqual([4_000, NEVER]);
    expect(drop(lane.take(4_000))?.id).toBe("0");
    state.pausedUntilMs = 10_000;
    expect(drop(lane.takePostponed(4_999))?.id).toBe("1");
    expect([lane.takePostponed(4_999), lane.accepts]).toEqual([undefined, false]);
    expect(lane.nextMs(4_999)).toBe(NEVER);
    lane.takePostponed(5_000);
    expect(lane.accepts).toBe(true);
  });

  it("does not wait for any pause by default", () => {
    const destination = { name: "mail", concurrency: 1, pausedUntilMs: 1 };
    const lane = new Lane(destination, { mostOnTheWay: 9, slowBuckets: { has: () => false } });
    lane.add(dueEvent("a"));
    expect(lane.takePostponed(0)?.id).toBe("a");
  });
});

describe("Lanes", () => {
  it("share half of the memory, and each has room for one event at least", () => {
    const destination = { name: "", concurrency: 1, pausedUntilMs: 0 };
    const destinations = new Map(["a", "b", "c"].map((name) => [name, destination]));
    for (const [mostInMemory, room] of [
      [60, 10],
      [4, 1],
    ] as const) {
      const lanes = new Lanes(mostInMemory, { slowBuckets: { has: () => false } }, destinations);
      for (let added = 0; added < room; added++) {
        expect(lanes.holdUp).toBe(false);
        lanes.of("b")?.count(1);
      }
      expect(lanes.holdUp).toBe(true);
    }
  });

  it("say when the next one should be asked, and whether one has events", () => {
    const destinations = new Map([["a", { name: "a", concurrency: 1, pausedUntilMs: 7 }]]);
    const lanes = new Lanes(10, { slowBuckets: { has: () => false } }, destinations);
    expect([lanes.isEmpty, lanes.hasReady, lanes.nextMs(0), lanes.sinceMs]).toEqual([
      false,
      false,
      NEVER,
      NEVER,
    ]);
    lanes.of("a")?.add(dueEvent("e", { sinceMs: 3 }));
    expect([lanes.hasReady, lanes.nextMs(0), lanes.sinceMs]).toEqual([true, 7, 3]);
    expect(lanes.clear().map(({ id }) => id)).toEqual(["e"]);
    expect(new Lanes(10, { slowBuckets: { has: () => false } }).isEmpty).toBe(true);
  });
});
