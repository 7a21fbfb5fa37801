import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dueEvent } from "../test-support/due-event.js";
import { UpcomingEvents } from "./upcoming-events.js";

const at = (atMs: number, key = `${atMs}`) => ({ event: dueEvent(key, { atMs }) });

type Item = ReturnType<typeof at>;
const keys = (items: readonly Item[]) => items.map(({ event }) => event.key);

function upcomingOf(most: number, ...items: readonly Item[]) {
  const upcoming = new UpcomingEvents<Item>(most);
  const withoutRoom = items.map((item) => upcoming.add(item)?.event.key);
  const takeDue = (nowMs: number) => upcoming.takeDue(nowMs)?.event.key;
  return { upcoming, withoutRoom, takeDue };
}

describe("UpcomingEvents", () => {
  it("gives out events by their instants, then as they are listed", () => {
    const { upcoming, takeDue } = upcomingOf(9, at(30), at(10, "b"), at(20), at(10, "a"));
    expect([upcoming.size, upcoming.nextMs]).toEqual([4, 10]);
    expect(takeDue(9)).toBeUndefined();
    expect([takeDue(20), takeDue(20), takeDue(20), takeDue(20)]).toEqual([
      "a",
      "b",
      "20",
      undefined,
    ]);
    expect([upcoming.size, upcoming.nextMs]).toEqual([1, 30]);
    expect([takeDue(99), takeDue(99), upcoming.nextMs]).toEqual(["30", undefined, undefined]);
  });

  it("returns the new event if it is later than all and there is no room", () => {
    const { upcoming, withoutRoom } = upcomingOf(2, at(10), at(20), at(30));
    expect(withoutRoom).toEqual([undefined, undefined, "30"]);
    expect(keys(upcoming.clear())).toEqual(["10", "20"]);
    expect([upcoming.size, upcoming.nextMs]).toEqual([0, undefined]);
  });

  it("returns the latest event if the new one is earlier", () => {
    const { upcoming, withoutRoom } = upcomingOf(2, at(10), at(20), at(15));
    expect(withoutRoom).toEqual([undefined, undefined, "20"]);
    expect(keys(upcoming.clear())).toEqual(["10", "15"]);
  });

  it("knows since when the oldest event could have been delivered", () => {
    const written = { event: dueEvent("10", { atMs: 10, sinceMs: 35 }) };
    const { upcoming, takeDue } = upcomingOf(9, written, {
      event: dueEvent("20", { sinceMs: 20 }),
    });
    expect(upcoming.sinceMs).toBe(20);
    takeDue(10);
    expect(upcoming.sinceMs).toBe(35);
    takeDue(10);
    expect(upcoming.sinceMs).toBe(Number.POSITIVE_INFINITY);
  });

  it("pays to list again once half of its room is free", () => {
    const { upcoming, takeDue } = upcomingOf(4, at(1), at(2), at(3), at(4));
    expect(upcoming.isHalfEmpty).toBe(false);
    takeDue(4);
    expect(upcoming.isHalfEmpty).toBe(false);
    takeDue(4);
    expect(upcoming.isHalfEmpty).toBe(true);
  });

  it("keeps the earliest events in order, in whatever order they come", () => {
    const instants = fc.array(fc.nat({ max: 50 }), { maxLength: 40 });
    fc.assert(
      fc.property(instants, fc.integer({ min: 1, max: 20 }), (given, most) => {
        const items = given.map((atMs, index) => at(atMs, `${atMs}-${index}`));
        const { upcoming, withoutRoom } = upcomingOf(most, ...items);
        const kept = upcoming.clear().map(({ event }) => event.atMs);
        expect(kept).toEqual(given.toSorted((one, other) => one - other).slice(0, most));
        const cut = withoutRoom.filter((key) => key !== undefined);
        expect(cut).toHaveLength(Math.max(0, given.length - most));
      }),
    );
  });
});
