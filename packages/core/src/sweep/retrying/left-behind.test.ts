import { describe, expect, it } from "vitest";
import { dueEvent } from "../../test-support/due-event.js";
import { createLeftBehind } from "./left-behind.js";

const event = (atMs: number, sinceMs = atMs) => dueEvent(`${atMs}`, { atMs, sinceMs });

describe("createLeftBehind()", () => {
  it("remembers nothing at first", () => {
    const left = createLeftBehind();
    expect([left.oldestDueAt, left.firstUntried, left.uncertainMs]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([left.unattemptedSinceMs, left.isNothingUntried]).toEqual([undefined, true]);
  });

  it("tells the oldest of whatever stays", () => {
    for (const how of ["tried", "untried", "held", "refused", "postponed"] as const) {
      const left = createLeftBehind();
      for (const atMs of [7, 5, 6]) left[how](event(atMs));
      expect(left.oldestDueAt).toEqual(new Date(5));
    }
  });

  it.each(["held", "refused"] as const)(
    "counts as untried what had no try, and as waiting what is %s",
    (how) => {
      const left = createLeftBehind();
      left.tried(event(1));
      expect([left.isNothingUntried, left.unattemptedSinceMs]).toEqual([true, undefined]);
      left[how](event(2));
      expect([left.isNothingUntried, left.unattemptedSinceMs]).toEqual([false, undefined]);
      left.postponed(event(3, 30));
      expect([left.isNothingUntried, left.unattemptedSinceMs]).toEqual([false, 30]);
      left.untried(event(4, 20));
      expect(left.unattemptedSinceMs).toBe(20);
      left.untried(event(5, 25));
      expect(left.unattemptedSinceMs).toBe(20);
    },
  );

  it("knows the first by its key that had no try", () => {
    const left = createLeftBehind();
    for (const atMs of [6, 5, 7]) left.untried(event(atMs));
    left.postponed(event(1));
    expect(left.firstUntried?.key).toBe("5");
  });

  it("forgets all but what may stand at its target", () => {
    const left = createLeftBehind();
    for (const atMs of [2, 3, 1]) left.uncertain(event(atMs));
    left.held(event(1));
    left.untried(event(1));
    left.forget();
    expect([left.oldestDueAt, left.firstUntried]).toEqual([undefined, undefined]);
    expect([left.unattemptedSinceMs, left.isNothingUntried]).toEqual([undefined, true]);
    expect(left.uncertainMs).toBe(3);
  });
});
