import { describe, expect, it, vi } from "vitest";
import { showClock, showColumn, showDistance, showInstant, showSpan } from "./show-time.js";

const WINTER = new Date("2026-11-25T08:00:00.000Z");
const SUMMER = new Date("2026-07-01T23:30:00.000Z");

describe("showInstant()", () => {
  it("names day, time and zone", () => {
    expect(showInstant(WINTER, "Europe/Berlin")).toBe("Wed 25 Nov 2026, 09:00:00 Europe/Berlin");
    expect(showInstant(SUMMER, "Europe/Berlin")).toBe("Thu 2 Jul 2026, 01:30:00 Europe/Berlin");
    expect(showInstant(WINTER, "UTC")).toBe("Wed 25 Nov 2026, 08:00:00 UTC");
  });
});

describe("showColumn()", () => {
  it("has one width and the offset of that day", () => {
    expect(showColumn(WINTER, "Europe/Berlin")).toBe("2026-11-25 09:00:00 +01:00");
    expect(showColumn(SUMMER, "Europe/Berlin")).toBe("2026-07-02 01:30:00 +02:00");
    expect(showColumn(SUMMER, "America/St_Johns")).toBe("2026-07-01 21:00:00 -02:30");
    expect(showColumn(WINTER, "UTC")).toBe("2026-11-25 08:00:00 +00:00");
    expect(showColumn(new Date("0042-01-02T03:04:05.000Z"), "UTC")).toBe(
      "0042-01-02 03:04:05 +00:00",
    );
  });
});

describe("showClock()", () => {
  it("shows milliseconds, in the zone", () => {
    expect(showClock(new Date("2026-11-25T08:00:00.003Z"), "Europe/Berlin")).toBe("09:00:00.003");
    expect(showClock(new Date("1969-12-31T23:59:59.990Z"), "UTC")).toBe("23:59:59.990");
  });

  it("looks for the zone once, as that takes time", () => {
    showClock(WINTER);
    const created = vi.spyOn(Intl, "DateTimeFormat");
    showClock(SUMMER);
    expect(created).not.toHaveBeenCalled();
    created.mockRestore();
  });
});

describe("showSpan()", () => {
  it.each([
    [2, "2 ms"],
    [999, "999 ms"],
    [1_250, "1.2 s"],
    [59_400, "59 s"],
    [599_940, "10 min"],
    [83_520_000, "23 h 12 min"],
    [3 * 86_400_000 + 3_600_000, "3 d 1 h"],
  ])("writes %i ms as %s", (ms, text) => {
    expect(showSpan(ms)).toBe(text);
  });
});

describe("showDistance()", () => {
  it("distinguishes the past from the future", () => {
    expect([showDistance(60_000), showDistance(-60_000), showDistance(3)]).toEqual([
      "in 1 min",
      "1 min ago",
      "now",
    ]);
  });
});
