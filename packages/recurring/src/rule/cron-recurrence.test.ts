import { describe, expect, it } from "vitest";
import { compareWithWalk } from "../testing/compare-with-walk.js";
import { compileRule } from "./compile-rule.js";

/** The next occurrences of a rule, each as its instant and its nominal time. */
function occurrences(cron: string, timeZone: string, after: string, count: number): string[] {
  const recurrence = compileRule({ cron, timeZone });
  const found: string[] = [];
  let next = recurrence.next(Date.parse(after));
  while (next !== undefined && found.length < count) {
    found.push(`${new Date(next.atMs).toISOString().slice(0, 16)}Z ${next.nominal}`);
    next = recurrence.next(next.atMs, next.nominal);
  }
  return found;
}

describe("the occurrences of a cron rule", () => {
  it("follow the wall clock of their zone", () => {
    expect(occurrences("0 9 * * 1-5", "Europe/Berlin", "2026-10-23T00:00Z", 2)).toEqual([
      "2026-10-23T07:00Z 2026-10-23T09:00",
      "2026-10-26T08:00Z 2026-10-26T09:00",
    ]);
  });

  it("move a fixed time that does not exist to the end of the gap", () => {
    expect(occurrences("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00Z", 2)).toEqual([
      "2026-03-29T01:00Z 2026-03-29T02:30",
      "2026-03-30T00:30Z 2026-03-30T02:30",
    ]);
  });

  it("occur once when several fixed times fall into one gap", () => {
    expect(occurrences("15,45 2 * * *", "Europe/Berlin", "2026-03-28T12:00Z", 2)).toEqual([
      "2026-03-29T01:00Z 2026-03-29T02:15",
      "2026-03-30T00:15Z 2026-03-30T02:15",
    ]);
  });

  it("take the first of a fixed time that happens twice", () => {
    expect(occurrences("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00Z", 2)).toEqual([
      "2026-10-25T00:30Z 2026-10-25T02:30",
      "2026-10-26T01:30Z 2026-10-26T02:30",
    ]);
  });

  it("go on in real time through a repeated hour if a field is a wildcard or a step", () => {
    expect(occurrences("*/30 2 * * *", "Europe/Berlin", "2026-10-24T12:00Z", 4)).toEqual([
      "2026-10-25T00:00Z 2026-10-25T00:00:00.000Z",
      "2026-10-25T00:30Z 2026-10-25T00:30:00.000Z",
      "2026-10-25T01:00Z 2026-10-25T01:00:00.000Z",
      "2026-10-25T01:30Z 2026-10-25T01:30:00.000Z",
    ]);
  });

  it("skip a nominal time that was delivered by other time zone data", () => {
    const daily = compileRule({ cron: "0 9 * * *", timeZone: "Europe/Berlin" });
    const after = Date.parse("2026-12-24T07:59Z");
    expect(daily.next(after)?.nominal).toBe("2026-12-24T09:00");
    expect(daily.next(after, "2026-12-24T09:00")?.nominal).toBe("2026-12-25T09:00");
  });

  it("are in UTC if no zone is given", () => {
    const daily = compileRule({ cron: "@daily" });
    expect(daily.next(Date.parse("2026-12-24T08:00Z"))).toEqual({
      atMs: Date.parse("2026-12-25T00:00Z"),
      nominal: "2026-12-25T00:00",
    });
  });

  it("do not lose a fixed time whose gap ends on the next day", () => {
    expect(occurrences("30 23 * * *", "America/Nuuk", "2026-03-28T12:00Z", 2)).toEqual([
      "2026-03-29T01:00Z 2026-03-28T23:30",
      "2026-03-30T00:30Z 2026-03-29T23:30",
    ]);
    expect(occurrences("0 2 * * *", "Pacific/Apia", "2011-12-29T12:00Z", 2)).toEqual([
      "2011-12-30T10:00Z 2011-12-30T02:00",
      "2011-12-30T12:00Z 2011-12-31T02:00",
    ]);
  });

  it.each([
    "Europe/Berlin",
    "America/New_York",
    "America/Havana", // changes at midnight
    "Australia/Lord_Howe", // by half an hour
    "Antarctica/Troll", // by two hours
    "Africa/Cairo", // changed its rules
    "Africa/Casablanca", // changes for Ramadan
    "Asia/Beirut",
    "Asia/Tehran",
    "America/Nuuk", // from one day to the next
    "Pacific/Apia", // left out a day
    "Asia/Kathmandu", // no change at all
  ])("are those of a walk over the minutes around each change of the clocks in %s", (timeZone) => {
    const years = new Set([2006, 2011, 2024, 2026, 2037]);
    const isChosen = (changeMs: number) => years.has(new Date(changeMs).getUTCFullYear());
    for (const { cron, changeMs, found, walked } of compareWithWalk(timeZone, isChosen)) {
      expect(found, `${cron} in ${timeZone} at ${new Date(changeMs).toISOString()}`).toEqual(
        walked,
      );
      expect(found.map(({ nominal }) => nominal)).toEqual(
        found.map(({ nominal }) => nominal).toSorted(),
      );
    }
  });
});
