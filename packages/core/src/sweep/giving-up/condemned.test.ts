import { describe, expect, it } from "vitest";
import { dueEvent } from "../../test-support/due-event.js";
import { storeError } from "../../test-support/test-home.js";
import { createCondemned, deathReason, isCircuitOpen } from "./condemned.js";

const HOUR_MS = 3_600_000;
const history = (wasTried: boolean) => ({
  wasTried: () => wasTried,
  mayBeDelivered: () => false,
  backsOffUntilMs: () => undefined,
});

describe("createCondemned()", () => {
  it("gathers ten thousand of each kind, and counts the hopeless that have no room", () => {
    const condemned = createCondemned();
    const add = (reason: "max-age" | "target-invalid") =>
      condemned.add({ event: dueEvent("k"), reason, error: undefined, why: "" });
    for (let index = 0; index < 10_000; index++) {
      if (!add("max-age") || !add("target-invalid")) throw new Error(`no room at ${index}`);
    }
    expect([add("max-age"), add("target-invalid")]).toEqual([false, false]);
    expect([condemned.aged.length, condemned.hopeless.length]).toEqual([10_000, 10_000]);
    expect(condemned.hopelessCount).toBe(10_001);
  });
});

describe("deathReason()", () => {
  const reason = (code: "denied" | "invalid-key", ageMs: number, wasTried = true) =>
    deathReason(dueEvent("k", { sinceMs: HOUR_MS }), storeError(code, "copy"), {
      history: history(wasTried),
      nowMs: HOUR_MS + ageMs,
      maxAgeMs: HOUR_MS,
    });

  it("gives up a name that can't be at once, and anything else after maxAge", () => {
    expect(reason("invalid-key", 0)).toBe("target-invalid");
    expect(reason("denied", HOUR_MS - 1)).toBeUndefined();
    expect(reason("denied", HOUR_MS)).toBe("max-age");
  });

  it("gives up nothing that has just had its first try", () => {
    expect(reason("denied", 9 * HOUR_MS, false)).toBeUndefined();
  });
});

describe("isCircuitOpen()", () => {
  it.each([
    [100, 100, false],
    [101, 201, true],
    [101, 202, false],
    [101, 203, false],
  ])("of %d hopeless among %d due: %s", (hopelessCount, due, isOpen) => {
    expect(isCircuitOpen({ ...createCondemned(), hopelessCount }, due)).toBe(isOpen);
  });

  it.each([
    [1, 1, true],
    [100, 100, true],
    [1, 2, false],
    [99, 100, false],
    [0, 0, false],
  ])("of %d outside allowTargets among %d due: %s", (refusedCount, due, isOpen) => {
    const counts = { hopelessCount: refusedCount, refusedCount };
    expect(isCircuitOpen({ ...createCondemned(), ...counts }, due)).toBe(isOpen);
  });
});
