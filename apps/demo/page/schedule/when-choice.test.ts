import { describe, expect, it } from "vitest";
import { chosenMs, whenRequest } from "./when-choice.js";

const NOW = new Date(2026, 11, 24, 9, 0, 0).getTime();

describe("chosenMs()", () => {
  it("counts from now", () => {
    expect(chosenMs({ kind: "in", amount: "1.5", unit: "m" }, NOW)).toBe(NOW + 90_000);
  });

  it("takes the next time that clocks show a time of the day", () => {
    expect(chosenMs({ kind: "at", time: "09:30" }, NOW)).toBe(NOW + 1_800_000);
    const tomorrow = new Date(2026, 11, 25, 8, 59, 59).getTime();
    expect(chosenMs({ kind: "at", time: "08:59:59" }, NOW)).toBe(tomorrow);
  });

  it("takes a date in the zone that was chosen", () => {
    const local = "2026-12-24T09:00:00";
    expect(chosenMs({ kind: "on", local, zone: "local" }, NOW)).toBe(NOW);
    expect(chosenMs({ kind: "on", local, zone: "utc" }, NOW)).toBe(Date.UTC(2026, 11, 24, 9));
  });

  it("is nothing while it isn't complete", () => {
    expect(chosenMs({ kind: "in", amount: "", unit: "s" }, NOW)).toBeUndefined();
    expect(chosenMs({ kind: "in", amount: "-1", unit: "s" }, NOW)).toBeUndefined();
    expect(chosenMs({ kind: "at", time: "" }, NOW)).toBeUndefined();
    expect(chosenMs({ kind: "on", local: "", zone: "local" }, NOW)).toBeUndefined();
  });
});

describe("whenRequest()", () => {
  it("asks for a while or an instant", () => {
    expect(whenRequest({ kind: "in", amount: "10", unit: "s" }, NOW)).toEqual({ in: "10s" });
    const on = { kind: "on", local: "2026-12-24T09:00:00", zone: "utc" } as const;
    expect(whenRequest(on, NOW)).toEqual({ at: "2026-12-24T09:00:00.000Z" });
  });
});
