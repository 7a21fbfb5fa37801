import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dueEvent } from "../test-support/due-event.js";
import type { DueEvent } from "./due-event.js";
import { UpcomingEvents } from "./upcoming-events.js";

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
