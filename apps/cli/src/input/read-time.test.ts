import { parseEventId, pendingKey } from "@keywhen/core";
import { describe, expect, it } from "vitest";
import { readMoment, readWhen } from "./read-time.js";
import type { TimeContext } from "./time-zone.js";

const NOW = "2026-11-24T10:00:30.250Z"; // a Tuesday
const at = (now: string, zone: string): TimeContext => ({
  nowMs: Date.parse(now),
  zone,
  isZoneSure: true,
});
const BERLIN = at(NOW, "Europe/Berlin");

async function read(text: string, context: TimeContext = BERLIN): Promise<string> {
  const moment = await readMoment(text, context);
  const { id } = pendingKey({ at: moment, to: { bucket: "b", key: "k" } });
  return String(parseEventId(id)?.at.toISOString());
}

describe("readMoment()", () => {
  it.each([
    ["+90m", "2026-11-24T11:30:30.250Z"],
    ["in 10 minutes", "2026-11-24T10:10:30.250Z"],
    ["10 minutes from now", "2026-11-24T10:10:30.250Z"],
    ["in 1h30m", "2026-11-24T11:30:30.250Z"],
    ["now", "2026-11-24T10:00:30.250Z"],
    ["tomorrow 9am", "2026-11-25T08:00:00.000Z"],
    ["Tomorrow at 9:30 pm", "2026-11-25T20:30:00.000Z"],
    ["tomorrow at noon", "2026-11-25T11:00:00.000Z"],
    ["today 18:00", "2026-11-24T17:00:00.000Z"],
    ["5pm", "2026-11-24T16:00:00.000Z"],
    ["9am", "2026-11-25T08:00:00.000Z"],
    ["friday 17:30", "2026-11-27T16:30:00.000Z"],
    ["24 Dec 9:00", "2026-12-24T08:00:00.000Z"],
    ["1 Jan 08:00", "2027-01-01T07:00:00.000Z"],
    ["Jul 1 2027 09:00", "2027-07-01T07:00:00.000Z"],
    ["in 90 days at 9am", "2027-02-22T08:00:00.000Z"],
    ["2026-12-24T09:00", "2026-12-24T08:00:00.000Z"],
    ["2026-12-24 09:00:01.5", "2026-12-24T08:00:01.500Z"],
    ["2027-07-01T09:00", "2027-07-01T07:00:00.000Z"],
    ["tomorrow 9am UTC", "2026-11-25T09:00:00.000Z"],
    ["tomorrow 9am GMT", "2026-11-25T09:00:00.000Z"],
    ["tomorrow 9am UTC+02:00", "2026-11-25T07:00:00.000Z"],
    ["friday 17.30", "2026-11-27T16:30:00.000Z"],
    ["2026-12-7 9:00", "2026-12-07T08:00:00.000Z"],
    ["last monday 9am", "2026-11-23T08:00:00.000Z"],
    ["past friday 9am", "2026-11-20T08:00:00.000Z"],
    ["yesterday 9am", "2026-11-23T08:00:00.000Z"],
  ])("reads %s as %s in Berlin", async (text, instant) => {
    expect(await read(text)).toBe(instant);
  });

  it.each([
    ["2027-07-07 10:00 -07:00", "2027-07-07T17:00:00.000Z"],
    ["2027-07-07T10:00 -07:00", "2027-07-07T17:00:00.000Z"],
    ["2027-07-07 10:00-07:00", "2027-07-07T17:00:00.000Z"],
    ["2026-12-24 09:00+05:30", "2026-12-24T03:30:00.000Z"],
    ["2027-07-07 10:00:30.123456 -0700", "2027-07-07T17:00:30.124Z"],
    [" 2027-07-07  10:00 z ", "2027-07-07T10:00:00.000Z"],
  ])("reads %j, as databases and date write it, as %s", async (text, instant) => {
    expect(await read(text)).toBe(instant);
  });

  it.each([
    ["America/New_York", "2026-11-25T14:00:00.000Z"],
    ["Asia/Kolkata", "2026-11-25T03:30:00.000Z"],
    ["Pacific/Kiritimati", "2026-11-25T19:00:00.000Z"], // where today is tomorrow already
    ["UTC", "2026-11-25T09:00:00.000Z"],
  ])("reads tomorrow 9am in %s as %s", async (zone, instant) => {
    expect(await read("tomorrow 9am", at(NOW, zone))).toBe(instant);
  });

  it.each([
    ["2026-12-24 09:00:00.9999", "2026-12-24T08:00:01.000Z"],
    ["2026-12-24T09:00:00.1230000", "2026-12-24T08:00:00.123Z"],
    ["2026-12-24T09:00:00.1230001", "2026-12-24T08:00:00.124Z"],
    ["24 December 2026 9:00:00.5", "2026-12-24T08:00:00.500Z"],
    ["24 December 2026 9:00:00.25 UTC", "2026-12-24T09:00:00.250Z"],
    ["24 December 2026 9:00:00.999", "2026-12-24T08:00:00.999Z"],
    ["24 December 2026 9:00:00.9991", "2026-12-24T08:00:01.000Z"],
    ["24 December 2026 9:00:00.0001 UTC", "2026-12-24T09:00:00.001Z"],
    ["2026-12-24 09:00:00.9999+01:00", "2026-12-24T08:00:01.000Z"],
    ["in 3 days", "2026-11-27T10:00:30.250Z"],
    ["in 1.5 seconds", "2026-11-24T10:00:31.750Z"],
  ])("is never early: reads %s as %s", async (text, instant) => {
    expect(await read(text)).toBe(instant);
  });

  it.each([
    ["2027-01-31T10:00:00Z", "in 1 month", "2027-02-28T10:00:00.000Z"],
    ["2027-01-31T10:00:00Z", "in 1 month at 9am", "2027-02-28T09:00:00.000Z"],
    ["2027-01-30T10:00:00Z", "next month", "2027-02-28T10:00:00.000Z"],
    ["2027-01-31T10:00:00Z", "1 month later", "2027-02-28T10:00:00.000Z"],
    ["2026-12-31T10:00:00Z", "in 2 months", "2027-02-28T10:00:00.000Z"],
    ["2027-03-31T10:00:00Z", "a month from now", "2027-04-30T10:00:00.000Z"],
    ["2026-11-30T10:00:00Z", "in a quarter", "2027-02-28T10:00:00.000Z"],
    ["2027-01-31T10:00:00Z", "in 13 months", "2028-02-29T10:00:00.000Z"],
    ["2027-01-31T10:00:00Z", "in 2mo", "2027-03-31T10:00:00.000Z"],
    ["2027-01-31T10:00:00Z", "in 2 months", "2027-03-31T10:00:00.000Z"],
    ["2028-02-29T10:00:00Z", "in 1 year", "2029-02-28T10:00:00.000Z"],
    ["2028-02-29T10:00:00Z", "in 4 years", "2032-02-29T10:00:00.000Z"],
    ["2027-01-31T10:00:00Z", "in 1 month and 3 hours", "2027-02-28T13:00:00.000Z"],
    ["2027-01-31T10:00:00Z", "last day of month 9am", "2027-01-31T09:00:00.000Z"],
    ["2027-01-31T10:00:00Z", "15 Dec 2027 9am", "2027-12-15T09:00:00.000Z"],
    ["2027-01-28T10:00:00Z", "in 1 month", "2027-02-28T10:00:00.000Z"],
  ])("ends on the last day of a short month: on %s, %s is %s", async (now, text, instant) => {
    expect(await read(text, at(now, "UTC"))).toBe(instant);
  });

  it("refuses a sum of months and days from a day that not every month has", async () => {
    const january = at("2027-01-31T10:00:00Z", "UTC");
    await expect(read("in 1 month 2 days", january)).rejects.toMatchObject({
      code: "invalid-time",
    });
  });

  const ABBREVIATIONS =
    "CET CEST MEZ MESZ EST EDT ET CST PST PDT MST BST IST JST KST WET EET MSK AEST NZDT SGT HKT";
  const WITH_ZONE = [
    "2027-07-07 10:00 ZONE",
    "2027-07-07 ZONE 10:00",
    "2027-07-07, 10:00, ZONE",
    "2027-07-07 10:00 (ZONE)",
    "2027-07-07 10:00:00.5 ZONE",
    "2027-07-07 10am ZONE",
    "2027.07.07 10:00 ZONE",
    "7-july-2027 10:00 ZONE",
    "Jul-07 10:00 ZONE",
    "7 july 2027 10:00 ZONE",
    "10:00 ZONE 7 July 2027",
    "1 July 9:00 ZONE",
    "tomorrow 9am ZONE",
    "5pm tomorrow ZONE",
  ];
  it.each(WITH_ZONE)("refuses every abbreviation of a zone in %s", async (form) => {
    for (const zone of ABBREVIATIONS.split(" ")) {
      await expect(read(form.replace("ZONE", zone))).rejects.toMatchObject({
        code: "invalid-time",
        message: expect.stringMatching(new RegExp(`by the abbreviation ${zone}, .*--tz`)),
      });
    }
  });

  it.each(["2027-07-07 10:00 ist", "2027-07-07 10:00 CET+1", "2027-07-07 10:00 EST5EDT"])(
    "refuses %s as well",
    async (text) => {
      await expect(read(text)).rejects.toMatchObject({ code: "invalid-time" });
    },
  );

  it.each([
    ["2027-07-07 10:00 Z", "2027-07-07T10:00:00.000Z"],
    ["2027-07-07 10:00Z", "2027-07-07T10:00:00.000Z"],
    ["2027-07-07 10:00:00.5 z", "2027-07-07T10:00:00.500Z"],
    ["2027-07-07 10:00 UTC", "2027-07-07T10:00:00.000Z"],
    ["2027-07-07 10:00 GMT", "2027-07-07T10:00:00.000Z"],
    ["2027-07-07 10:00 UTC+2", "2027-07-07T08:00:00.000Z"],
    ["2027-07-07 at 9 +01:00", "2027-07-07T08:00:00.000Z"],
    ["7 july 2027 10:00 Z", "2027-07-07T10:00:00.000Z"],
    ["tomorrow 9am Z", "2026-11-25T09:00:00.000Z"],
    ["10:00 Z tomorrow", "2026-11-25T10:00:00.000Z"],
  ])("reads %s as %s, wherever it is typed", async (text, instant) => {
    expect(await read(text, { ...BERLIN, isZoneSure: false })).toBe(instant);
  });

  it("keeps the time of day over days, also when the clocks change", async () => {
    const before = at("2026-10-23T10:00:00Z", "Europe/Berlin");
    expect(await read("in 3 days", before)).toBe("2026-10-26T11:00:00.000Z");
    expect(await read("in 72 hours", before)).toBe("2026-10-26T10:00:00.000Z");
    expect(await read("monday 9am", before)).toBe("2026-10-26T08:00:00.000Z");
  });

  it.each([
    [
      "1 Nov 2026 1:30am",
      "America/New_York",
      "2026-11-01T01:30 happens twice in America/New_York. Write …T01:30-04:00 (before the clock goes back) or …T01:30-05:00 (after).",
    ],
    [
      "2026-04-05T01:45:10",
      "Australia/Lord_Howe",
      "2026-04-05T01:45:10 happens twice in Australia/Lord_Howe. Write …T01:45:10+11:00 (before the clock goes back) or …T01:45:10+10:30 (after).",
    ],
  ])("refuses %s in %s and names both ways to write it", async (text, zone, message) => {
    await expect(read(text, at(NOW, zone))).rejects.toMatchObject({
      code: "invalid-time",
      message,
    });
  });

  it.each(["2026-10-25T01:59", "2026-10-25T03:00", "2026-03-29T01:59", "2026-03-29T03:00"])(
    "accepts %s, next to the change",
    async (text) => {
      expect(await read(text)).toMatch(/Z$/);
    },
  );

  it.each(["2026-12-24T09:00", "tomorrow 9am", "in 3 days"])(
    "needs an offset or a zone for %s without a terminal",
    async (text) => {
      const unsure = { ...BERLIN, isZoneSure: false };
      await expect(read(text, unsure)).rejects.toThrow(`"${text}" has no UTC offset`);
    },
  );

  it.each([
    ["in 10 minutes", "2026-11-24T10:10:30.250Z"],
    ["tomorrow 9am +01:00", "2026-11-25T08:00:00.000Z"],
    ["+3d", "2026-11-27T10:00:30.250Z"],
    ["2026-12-24T09:00+01:00", "2026-12-24T08:00:00.000Z"],
  ])("needs no zone for %s", async (text, moment) => {
    expect(await read(text, { ...BERLIN, isZoneSure: false })).toBe(moment);
  });

  it("leaves ISO times to core, which checks them", async () => {
    expect(await readMoment("2026-12-24T09:00+01:00", BERLIN)).toBe("2026-12-24T09:00+01:00");
    expect(await readMoment("2026-02-30T10:00", BERLIN)).toBe("2026-02-30T10:00Z");
  });

  it.each([
    ["+1 day", '"1 day" is not a duration'],
    ["+99999999999d", "after the year 9999"],
    ["tomorrow", "has no time of day"],
    ["friday", "has no time of day"],
    ["2026-12-24", "has no time of day"],
    ["tonight", "has no time of day"],
    ["3/4 9am", "could mean two days"],
    ["7.12.2099 9:00", "could mean two days"],
    ["7-12-2099 9:00", "could mean two days"],
    ["9:00 7.12.2099", "could mean two days"],
    ["7.12.99 9:00", "could mean two days"],
    ["7 - 12 - 2099 9:00", "could mean two days"],
    ["31.12.2099 9:00", "has a date in numbers, which countries order differently"],
    ["12/31/2099 9:00", "has a date in numbers, which countries order differently"],
    ["9:00 13-12-2099", "has a date in numbers, which countries order differently"],
    ["9am to 5pm", "reads as a span between two times"],
    ["tomorrow 10:00 -07:00", "with a UTC offset, write it like 2026-12-24T09:00-07:00"],
    ["tomorrow 9am or so", "not a time that keywhen understands"],
    ["tomorrow 25:00", "not a time that keywhen understands"],
    ["in an hour and a half", "not a time that keywhen understands"],
    ["soon", "not a time that keywhen understands"],
    ["", "not a time that keywhen understands"],
  ])("refuses %s", async (text, why) => {
    await expect(read(text)).rejects.toThrow(why);
  });
});

describe("readWhen()", () => {
  it("takes one of --at and --in", async () => {
    const when = (options: object) => readWhen(options, BERLIN);
    expect(await when({ at: "2026-12-24T09:00Z" })).toEqual({ at: "2026-12-24T09:00Z" });
    expect(await when({ in: "+10m" })).toEqual({ in: "10m" });
    await expect(when({ in: "10 minutes" })).rejects.toThrow("--at 'in 10 minutes'");
    await expect(when({ in: "soon" })).rejects.toThrow('"soon" is not a duration');
    for (const wrong of [{}, { at: "x", in: "1s" }]) await expect(when(wrong)).rejects.toThrow();
  });
});
