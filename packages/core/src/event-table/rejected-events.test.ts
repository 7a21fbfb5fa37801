import { describe, expect, it } from "vitest";
import type { DeadLetterReason } from "../report/sweep-event.js";
import { dueEvent } from "../test-support/due-event.js";
import { RejectedEvents } from "./rejected-events.js";
import { TrackedEvent } from "./tracked-event.js";

function rejectedOf(reason: DeadLetterReason, key = "k") {
  return { tracked: new TrackedEvent(dueEvent(key)), reason, error: undefined, message: "" };
}

/** A sweep that has rejected so many events for each reason. */
function rejectedWith(counts: Partial<Record<DeadLetterReason, number>>) {
  const events = new RejectedEvents();
  for (const [reason, count] of Object.entries(counts)) {
    for (let index = 0; index < count; index++) events.add(rejectedOf(reason as DeadLetterReason));
  }
  return events;
}

describe("RejectedEvents", () => {
  it("gives out the events that can never work first, then those that failed for too long", () => {
    const events = new RejectedEvents();
    const [aged, invalid, refused] = [
      rejectedOf("max-age"),
      rejectedOf("target-invalid"),
      rejectedOf("target-not-allowed"),
    ];
    for (const one of [aged, invalid, refused]) expect(events.add(one)).toBe(true);
    expect([aged, invalid, refused].map(({ tracked }) => tracked.state)).toEqual(
      Array(3).fill("rejected"),
    );
    expect(events.take()).toBe(invalid);
    expect(invalid.tracked.state).toBe("dead-lettering");
    expect([events.take(), events.take(), events.take()]).toEqual([refused, aged, undefined]);
  });

  it("keeps ten thousand of each kind, and counts those that can never work and have no room", () => {
    const events = rejectedWith({ "max-age": 10_000, "target-invalid": 10_000 });
    const [aged, invalid] = [rejectedOf("max-age"), rejectedOf("target-invalid")];
    expect([events.add(aged), events.add(invalid)]).toEqual([false, false]);
    expect([aged, invalid].map(({ tracked }) => tracked.state)).not.toContain("rejected");
    expect(events.isCircuitOpen(20_001)).toBe(true); // 10,001 are more than half
    expect(events.isCircuitOpen(20_002)).toBe(false);
    expect(events.takeHopeless()).toHaveLength(10_000);
    expect(events.take()?.reason).toBe("max-age");
  });

  it.each([
    [100, 100, false],
    [101, 201, true],
    [101, 202, false],
    [101, 203, false],
  ])(
    "with %d invalid targets among %d due events, the circuit is open: %s",
    (count, due, isOpen) => {
      expect(rejectedWith({ "target-invalid": count }).isCircuitOpen(due)).toBe(isOpen);
    },
  );

  it.each([
    [1, 1, true],
    [100, 100, true],
    [1, 2, false],
    [99, 100, false],
    [0, 0, false],
  ])(
    "with %d outside allowTargets among %d due events, the circuit is open: %s",
    (count, due, isOpen) => {
      expect(rejectedWith({ "target-not-allowed": count }).isCircuitOpen(due)).toBe(isOpen);
    },
  );

  it("never opens the circuit because of events that failed for too long", () => {
    expect(rejectedWith({ "max-age": 1_000 }).isCircuitOpen(1_000)).toBe(false);
  });

  it("knows whether anything but events outside allowTargets is due", () => {
    const events = rejectedWith({ "target-not-allowed": 2, "target-invalid": 200 });
    expect([events.isNothingElseDue(2), events.isNothingElseDue(3)]).toEqual([true, false]);
  });

  it("counts an event that had no room once, however often the schedule is listed", () => {
    const events = rejectedWith({ "target-not-allowed": 10_000 });
    for (let listing = 0; listing < 3; listing++) {
      events.forgetWithoutRoom();
      expect(events.add(rejectedOf("target-not-allowed"))).toBe(false);
    }
    expect([events.isCircuitOpen(20_001), events.isCircuitOpen(20_002)]).toEqual([true, false]);
    expect([events.isNothingElseDue(10_001), events.isNothingElseDue(10_002)]).toEqual([
      true,
      false,
    ]);
  });
});
