import { describe, expect, it } from "vitest";
import { manualClock } from "../testing/manual-clock.js";
import { type ClockReading, readingOf } from "./clock-reading.js";

/** What a machine at `here` reads of an answer that the store dates `there`, 200 ms after the question. */
async function aheadMs(here: string, there: string): Promise<number> {
  const clock = manualClock(here);
  const readings: ClockReading[] = [];
  const { onDate } = readingOf(clock, (reading) => readings.push(reading));
  await clock.advance("200ms");
  onDate(new Date(there));
  return readings[0]?.aheadMs ?? Number.NaN;
}

describe("readingOf()", () => {
  it("takes the middle of the second of a time of whole seconds", async () => {
    expect(await aheadMs("2026-12-24T12:00:00.400Z", "2026-12-24T12:00:00Z")).toBe(0);
  });

  it("takes a time with milliseconds as exact, so that equal clocks show no skew", async () => {
    expect(await aheadMs("2026-12-24T12:00:00.150Z", "2026-12-24T12:00:00.250Z")).toBe(0);
    expect(await aheadMs("2026-12-24T12:00:01.150Z", "2026-12-24T12:00:00.250Z")).toBe(1_000);
  });

  it("reads nothing from a time that is garbage, and passes on only real ones", () => {
    const readings: ClockReading[] = [];
    const dates: Date[] = [];
    const clock = manualClock("2026-12-24T12:00:00Z");
    const call = { onDate: (date: Date) => dates.push(date) };
    const { onDate } = readingOf(clock, (reading) => readings.push(reading), call);
    onDate(new Date("yesterday"));
    expect([readings, dates]).toEqual([[], []]);
    const real = new Date("2026-12-24T12:00:00.250Z");
    onDate(real);
    expect([readings.length, dates]).toEqual([1, [real]]);
  });
});
