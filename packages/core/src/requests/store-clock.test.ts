import { describe, expect, it } from "vitest";
import { NOON } from "../test-support/test-schedule.js";
import { manualClock } from "../testing/manual-clock.js";
import { CheckedClock, type ClockReading, readingOf } from "./store-clock.js";

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

const NOON_MS = Date.parse(NOON);

/** A clock at noon that has been compared, or not; `compare()` compares it at an instant. */
function checkedClock() {
  const clock = manualClock(NOON);
  const checked = new CheckedClock({ clock, guardMs: 4_000 });
  const instant = () => ({ wallMs: clock.now(), monotonicMs: clock.monotonic() });
  const compare = (sentAt = instant()) =>
    checked.compare({ aheadMs: 0, tookMs: 0, dateErrorMs: 0, sentAtStoreMs: 0, sentAt });
  return { clock, checked, instant, compare };
}

describe("CheckedClock", () => {
  it("is the wall clock as long as nothing was compared", () => {
    const { clock, checked } = checkedClock();
    clock.set("2026-12-24T13:00:00.000Z");
    expect(checked.now()).toBe(NOON_MS + 3_600_000);
  });

  it("does not follow a clock that is set forward until it has been compared again", async () => {
    const { clock, checked, compare } = checkedClock();
    compare();
    await clock.advance("10s");
    expect(checked.now()).toBe(NOON_MS + 10_000);
    clock.set("2026-12-24T13:00:00.000Z");
    expect(checked.now()).toBe(NOON_MS + 10_250);
    compare();
    expect(checked.now()).toBe(NOON_MS + 3_600_000);
  });

  it("does not follow a clock that was behind and is set forward too far", () => {
    const { clock, checked, instant } = checkedClock();
    const reading = { aheadMs: -30_000, tookMs: 0, dateErrorMs: 0, sentAtStoreMs: 0 };
    checked.compare({ ...reading, sentAt: instant() });
    clock.set("2026-12-24T13:00:00.000Z");
    expect(checked.now()).toBe(NOON_MS + 250);
  });

  it("believes a comparison for when its question was sent: the clock may be set before the answer", () => {
    const { clock, checked, instant, compare } = checkedClock();
    const sentAt = instant();
    clock.set("2026-12-24T13:00:00.000Z");
    compare(sentAt);
    expect(checked.now()).toBe(NOON_MS + 250);
  });

  it("is not behind what the store's time must be at least, where that matters", async () => {
    const { clock, checked, instant } = checkedClock();
    expect(checked.notBehind()).toBe(NOON_MS);
    const answer = { aheadMs: -3_600_000, dateErrorMs: 500, sentAt: instant() };
    checked.compare({ ...answer, tookMs: 200, sentAtStoreMs: NOON_MS + 3_600_000 });
    await clock.advance("10s");
    expect(checked.notBehind()).toBe(NOON_MS + 3_610_000);
    expect(checked.now()).toBe(NOON_MS + 10_000);
    checked.compare({ ...answer, tookMs: 900, sentAtStoreMs: NOON_MS }); // less exact
    checked.startListing();
    clock.set("2026-12-24T10:00:00.000Z");
    expect(checked.notBehind()).toBe(NOON_MS + 3_610_000);
    const sentAt = instant();
    checked.compare({ ...answer, sentAt, tookMs: 900, sentAtStoreMs: NOON_MS }); // a new listing
    expect(checked.notBehind()).toBe(NOON_MS);
  });

  it("follows a clock that is set back: late is better than early", async () => {
    const { clock, checked, compare } = checkedClock();
    compare();
    clock.set("2026-12-24T11:00:00.000Z");
    expect(checked.now()).toBe(NOON_MS - 3_600_000);
  });
});
