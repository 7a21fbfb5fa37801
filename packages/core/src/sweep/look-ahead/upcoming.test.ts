import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dueEvent } from "../../test-support/due-event.js";
import { createUpcoming } from "./upcoming.js";

const at = (atMs: number, id = `${atMs}`) => dueEvent(id, { atMs });
const keys = (events: readonly { readonly key: string }[]) => events.map(({ key }) => key);

describe("createUpcoming()", () => {
  it("gives events out by their instants, then as they are listed", () => {
    const upcoming = createUpcoming(9);
    expect(upcoming.nextMs).toBeUndefined();
    for (const event of [at(30), at(10, "b"), at(20), at(10, "a")]) upcoming.add(event);
    expect([upcoming.size, upcoming.nextMs]).toEqual([4, 10]);
    expect(keys(upcoming.takeDue(9))).toEqual([]);
    expect(keys(upcoming.takeDue(20))).toEqual(["a", "b", "20"]);
    expect([upcoming.has("a"), upcoming.has("30"), upcoming.size]).toEqual([false, true, 1]);
    expect(keys(upcoming.takeDue(99))).toEqual(["30"]);
    expect(keys(upcoming.takeDue(99))).toEqual([]);
  });

  it("has no room for what comes later than all, and says that it must be listed again", () => {
    const upcoming = createUpcoming(2);
    expect([upcoming.add(at(10)), upcoming.add(at(20)), upcoming.isCut]).toEqual([
      true,
      true,
      false,
    ]);
    expect([upcoming.add(at(30)), upcoming.isCut]).toEqual([false, true]);
    expect(upcoming.hasRoom).toBe(false);
    upcoming.takeDue(10);
    expect(upcoming.hasRoom).toBe(true);
    upcoming.add(at(10));
    upcoming.forgetCut();
    expect(upcoming.isCut).toBe(false);
    expect(keys(upcoming.clear())).toEqual(["10", "20"]);
    expect([upcoming.size, upcoming.has("10")]).toEqual([0, false]);
  });

  it("lets the latest make room for an earlier one", () => {
    const upcoming = createUpcoming(2);
    for (const event of [at(10), at(20)]) upcoming.add(event);
    expect([upcoming.add(at(15)), upcoming.isCut, upcoming.has("20")]).toEqual([true, true, false]);
    expect(keys(upcoming.clear())).toEqual(["10", "15"]);
  });

  it("keeps the earliest in order, however they come", () => {
    const instants = fc.array(fc.nat({ max: 50 }), { maxLength: 40 });
    fc.assert(
      fc.property(instants, fc.integer({ min: 1, max: 20 }), (given, most) => {
        const upcoming = createUpcoming(most);
        for (const [index, atMs] of given.entries()) upcoming.add(at(atMs, `${atMs}-${index}`));
        const kept = upcoming.clear().map(({ atMs }) => atMs);
        expect(kept).toEqual(given.toSorted((one, other) => one - other).slice(0, most));
      }),
    );
  });
});
