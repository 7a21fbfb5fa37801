import { describe, expect, it } from "vitest";
import type { DeadLetterReason } from "../report/sweep-event.js";
import { dueEvent } from "../test-support/due-event.js";
import { storeError } from "../test-support/test-schedule.js";
import { DeleteBatches } from "./delete-batches.js";
import { EventStates } from "./event-states.js";
import { type DeadLetterOutcome, RejectedEvents } from "./rejected-events.js";

/** Rejected events of a sweep with this many due events. */
function rejectedOf(dueCount: number) {
  const states = new EventStates(false);
  for (let count = 0; count < dueCount; count++) states.due();
  const table = { states, deletes: new DeleteBatches(10) };
  const targets = { whyRefused: () => "outside allowTargets" };
  const rejected = new RejectedEvents(table, { targets, dryRun: false });
  return {
    rejected,
    states,
    /** Rejects so many events. */
    reject(reason: DeadLetterReason, count = 1) {
      for (let index = 0; index < count; index++) {
        const event = dueEvent(reason);
        if (reason === "target-not-allowed") rejected.refuse(event);
        else {
          const error = storeError("denied", "copy");
          rejected.failed(event, {
            outcome: "failed",
            error,
            wasAsked: true,
            deadLetterReason: reason,
          });
        }
      }
    },
    types: () => states.takeHappened().map(({ type }) => type),
  };
}

describe("RejectedEvents", () => {
  it("gives out the events that can never work first, then those that failed for too long", () => {
    const { rejected, reject } = rejectedOf(9);
    for (const reason of ["max-age", "target-invalid", "target-not-allowed"] as const) {
      reject(reason);
    }
    expect(rejected.next(9)).toBeUndefined(); // not yet
    rejected.start();
    const reasons = [rejected.next(9), rejected.next(9), rejected.next(9)].map(
      (next) => next?.reason,
    );
    expect(reasons).toEqual(["target-invalid", "target-not-allowed", "max-age"]);
    expect(rejected.next(9)).toBeUndefined();
  });

  it.each<[DeadLetterOutcome, string, string]>([
    [{ outcome: "stored" }, "dead", "deleting"],
    [{ outcome: "passed-over" }, "passed-over", "deleting"],
    [{ outcome: "gone" }, "gone", "done"],
    [{ outcome: "untried" }, "left", "done"],
    [{ outcome: "failed", error: storeError("denied", "copy") }, "failed", "done"],
  ])("reports what became of %j as %s", (outcome, type, state) => {
    const { rejected, reject, types } = rejectedOf(0);
    reject("max-age");
    rejected.start();
    const next = rejected.next(1);
    if (next === undefined) throw new Error("nothing is rejected");
    rejected.ended(next, outcome, 0);
    expect([types(), next.event.state]).toEqual([[type], state]);
  });

  it("keeps ten thousand of each kind, and leaves the others", () => {
    const { reject, states, types } = rejectedOf(0);
    reject("max-age", 10_001);
    reject("target-invalid", 10_001);
    expect([states.counts.rejected, types()]).toEqual([20_000, ["failed", "failed"]]);
  });

  it.each([
    ["target-invalid", 100, 100, false],
    ["target-invalid", 101, 201, true],
    ["target-invalid", 101, 202, false],
    ["target-invalid", 10_001, 20_001, true], // one of them had no room
    ["target-invalid", 10_001, 20_002, false],
    ["target-not-allowed", 1, 1, true],
    ["target-not-allowed", 100, 100, true],
    ["target-not-allowed", 1, 2, false],
    ["target-not-allowed", 99, 100, false],
    ["target-not-allowed", 0, 0, false],
    ["max-age", 1_000, 1_000, false],
  ] as const)(
    "with %s for %d of %d due events, the circuit is open: %s",
    (reason, count, dueCount, isOpen) => {
      const { rejected, reject } = rejectedOf(dueCount);
      reject(reason, count);
      expect(rejected.start()).toBe(isOpen);
    },
  );

  it.each([
    [20_001, true],
    [20_002, false],
  ])(
    "counts an event without room once, however often the schedule is listed: of %d due events, %s",
    (dueCount, isOpen) => {
      const { rejected, reject } = rejectedOf(dueCount);
      reject("target-not-allowed", 10_000);
      for (let listing = 0; listing < 3; listing++) {
        rejected.startListing();
        reject("target-not-allowed");
      }
      expect(rejected.start()).toBe(isOpen);
    },
  );
});
