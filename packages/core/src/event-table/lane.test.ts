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
  /** As the table does it for listed events with these keys. */
  const admit = (prefix: string, count?: number) =>
    Array.from({ length: count ?? 1 }, (_, index) => {
      const event = dueEvent(count === undefined ? prefix : `${prefix}${index}`);
      const isTaken = lane.takes(event, true);
      if (isTaken) lane.count(1);
      if (isTaken) lane.add(event);
      return isTaken;
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
  return { lane, state, add, admit, drop };
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

  it("takes events while it has room, and leaves every newer one from the first on that has none", () => {
    const { lane, admit, drop } = laneOf();
    expect(admit("a", 9)).toEqual([true, true, true, true, true, true, true, true, true]);
    expect(admit("b", 3)).toEqual([true, false, false]);
    drop(lane.take(0));
    expect(admit("c")).toEqual([false]); // an older one was left
    expect(admit("a9")).toEqual([true]);
    expect([lane.left.fromKey, lane.left.count]).toEqual(["b1", 3]);
  });

  it("pays to refill when half of it is free, if something was left", () => {
    const { lane, admit, drop } = laneOf();
    admit("a", 10);
    for (let taken = 0; taken < 5; taken++) drop(lane.take(0));
    expect([lane.mayRefill, lane.isWorthRefilling("b")]).toEqual([false, false]);
    admit("b", 6);
    expect([lane.mayRefill, lane.isWorthRefilling("b")]).toEqual([true, false]);
    for (let taken = 0; taken < 4; taken++) drop(lane.take(0));
    expect(lane.isWorthRefilling("b9")).toBe(false);
    drop(lane.take(0));
    expect(lane.isWorthRefilling("b9")).toBe(true);
  });

  it("keeps four events of a destination that fails slowly, two for each call in flight", () => {
    const { lane, state, admit, drop } = laneOf();
    admit("a", 6);
    state.isFailing = true;
    expect(admit("b")).toEqual([false]);
    expect(drop(lane.takePostponed(0))?.id).toBe("a5");
    expect(drop(lane.takePostponed(0))?.id).toBe("a4");
    expect(lane.takePostponed(0)).toBeUndefined();
    drop(lane.take(0));
    expect([admit("a9"), admit("b"), lane.mayRefill]).toEqual([[true], [false], false]);
    state.isFailing = false;
    expect(lane.isWorthRefilling("b9")).toBe(true);
  });

  it("waits for the end of a short pause, and lets everything stay in a long one", () => {
    const { lane, state, admit, drop } = laneOf({ pausedUntilMs: 4_000 });
    admit("a", 2);
    lane.takePostponed(0);
    expect([lane.hasNext(0), lane.take(3_999), ...admit("a2")]).toEqual([false, undefined, true]);
    expect([lane.nextMs(0), lane.nextMs(4_000)]).toEqual([4_000, NEVER]);
    expect(drop(lane.take(4_000))?.id).toBe("a0");
    state.pausedUntilMs = 10_000;
    expect(drop(lane.takePostponed(4_999))?.id).toBe("a2");
    expect(drop(lane.takePostponed(4_999))?.id).toBe("a1");
    expect([lane.takePostponed(4_999), ...admit("b")]).toEqual([undefined, false]);
    expect([lane.nextMs(4_999), lane.mayRefill]).toEqual([NEVER, false]);
    lane.takePostponed(5_000);
    expect(lane.mayRefill).toBe(true);
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
      const lane = lanes.of("b");
      for (let added = 0; added < room; added++) {
        expect(lane?.takes(dueEvent(`${added}`), true)).toBe(true);
        lane?.count(1);
      }
      expect(lane?.takes(dueEvent("x"), true)).toBe(false);
    }
  });

  it("say which of them are worth refilling up to a key, and since when what they left could have been delivered", () => {
    const destination = { name: "", concurrency: 1, pausedUntilMs: 0 };
    const destinations = new Map(["a", "b", "c"].map((name) => [name, destination]));
    const lanes = new Lanes(6, { slowBuckets: { has: () => false } }, destinations);
    expect([lanes.leftSinceMs, lanes.mayRefill]).toEqual([NEVER, false]);
    const [a, b] = [lanes.of("a"), lanes.of("b")];
    for (const lane of lanes) lane.count(1);
    a?.takes(dueEvent("k1", { sinceMs: 5 }), true);
    b?.takes(dueEvent("k2", { sinceMs: 4 }), true);
    expect([lanes.leftSinceMs, lanes.mayRefill, lanes.worthRefilling("k3")]).toEqual([4, true, []]);
    for (const lane of lanes) lane.count(-1);
    expect(lanes.worthRefilling("k3")).toEqual([a, b]);
    expect(lanes.worthRefilling("k1")).toEqual([a]);
    lanes.startListing();
    lanes.endListing();
    expect([lanes.leftSinceMs, lanes.mayRefill]).toEqual([NEVER, false]);
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
