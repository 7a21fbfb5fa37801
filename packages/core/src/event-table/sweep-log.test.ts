import { describe, expect, it } from "vitest";
import { dueEvent } from "../test-support/due-event.js";
import { EventsLeft } from "./sweep-log.js";

const event = (atMs: number, sinceMs = atMs) => dueEvent(`${atMs}`, { atMs, sinceMs });

describe("EventsLeft", () => {
  it("is empty at first", () => {
    const left = new EventsLeft();
    expect([left.unattemptedSinceMs, left.isNothingUntried, left.uncertainMs]).toEqual([
      undefined,
      true,
      undefined,
    ]);
  });

  it("keeps since when the oldest event waits that had no try, those passed over left out", () => {
    const left = new EventsLeft();
    left.passedOver();
    expect([left.isNothingUntried, left.unattemptedSinceMs]).toEqual([false, undefined]);
    left.untried(event(3, 30));
    expect([left.isNothingUntried, left.unattemptedSinceMs]).toEqual([false, 30]);
    left.untried(event(4, 20));
    expect(left.unattemptedSinceMs).toBe(20);
    left.untried(event(5, 25));
    expect(left.unattemptedSinceMs).toBe(20);
  });

  it("keeps the latest due instant of an event that may be at its target", () => {
    const left = new EventsLeft();
    for (const atMs of [2, 3, 1]) left.uncertain(event(atMs));
    expect([left.uncertainMs, left.isNothingUntried]).toEqual([3, true]);
  });

  it("forgets everything but what is uncertain when the schedule is listed again", () => {
    const left = new EventsLeft();
    left.uncertain(event(3));
    left.passedOver();
    left.untried(event(1));
    left.forget();
    expect([left.unattemptedSinceMs, left.isNothingUntried]).toEqual([undefined, true]);
    expect(left.uncertainMs).toBe(3);
  });
});
