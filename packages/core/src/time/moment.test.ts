import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FIRST_INSTANT_MS, LAST_INSTANT_MS } from "./instant.js";
import { momentMs } from "./moment.js";

const NINE_UTC = Date.UTC(2026, 11, 24, 9);

describe("momentMs()", () => {
  it.each([
    ["2026-12-24T09:00Z"],
    ["2026-12-24T09:00:00Z"],
    ["2026-12-24T09:00:00.000Z"],
    ["2026-12-24T10:00+01:00"],
    ["2026-12-24T10:00+0100"],
    ["2026-12-24T08:59:59,9990001Z"],
    ["2026-12-23T09:01-23:59"],
  ])("reads %s", (text) => {
    expect(momentMs(text)).toBe(NINE_UTC);
  });

  it("reads a Date and a Temporal instant", () => {
    expect(momentMs(new Date(NINE_UTC))).toBe(NINE_UTC);
    expect(momentMs({ epochMilliseconds: NINE_UTC })).toBe(NINE_UTC);
  });

  it("reads a Date of another realm", () => {
    expect(momentMs(runInNewContext(`new Date(${NINE_UTC})`))).toBe(NINE_UTC);
    const invalid: Date = runInNewContext("new Date(NaN)");
    expect(() => momentMs(invalid)).toThrow("The Date is invalid (NaN)");
  });

  it("rounds what is finer than a millisecond up, so that nothing is early", () => {
    expect(momentMs("2026-12-24T09:00:00.000000001Z")).toBe(NINE_UTC + 1);
    const epochNanoseconds = BigInt(NINE_UTC) * 1_000_000n;
    const instant = { epochMilliseconds: NINE_UTC, epochNanoseconds: epochNanoseconds + 1n };
    expect(momentMs(instant)).toBe(NINE_UTC + 1);
    expect(momentMs({ ...instant, epochNanoseconds })).toBe(NINE_UTC);
    expect(momentMs({ epochMilliseconds: -1, epochNanoseconds: -999_999n })).toBe(0);
  });

  it.each([
    ["2026-02-31T09:00Z", /2026-02 has 28 days/],
    ["2100-02-29T09:00Z", /2100-02 has 28 days/],
    ["2026-04-00T09:00Z", /2026-04 has 30 days/],
    ["2026-13-01T09:00Z", /no month 13/],
    ["2026-12-24T24:00Z", /hour 24; the limit is 23/],
    ["2026-12-24T09:60Z", /minute 60; the limit is 59/],
    ["2026-12-24T09:00:60Z", /second 60; the limit is 59/],
    ["2026-12-24T09:00+24:00", /\+24:00 doesn't exist/],
    [
      "2026-12-24T09:00",
      /no UTC offset, so it is ambiguous. Write 2026-12-24T09:00Z for UTC or, for example, 2026-12-24T09:00\+01:00/,
    ],
    [
      "2026-12-24",
      /^"2026-12-24" is a date without a time. Add one, for example 2026-12-24T09:00Z/,
    ],
    [
      "20261224T0900Z",
      /"20261224T0900Z" is not a supported form of an ISO 8601 time. Write it like/,
    ],
    ["2026-W52-4T09:00Z", /not a supported form of an ISO 8601 time/],
    ["tomorrow 9am", /"tomorrow 9am" is not an ISO 8601 time/],
    ["2026-12-24 09:00Z", /not an ISO 8601 time/],
    ["", /"" is not an ISO 8601 time/],
    ["0000-01-01T00:00+00:01", /outside the years 0000 to 9999/],
    ["9999-12-31T23:59:59.9999Z", /outside the years 0000 to 9999/],
  ])("refuses %j and says why", (text, message) => {
    expect(() => momentMs(text)).toThrow(message);
    expect(() => momentMs(text)).toThrow(expect.objectContaining({ code: "invalid-time" }));
  });

  it("refuses a Date after the year 9999 and says which", () => {
    expect(() => momentMs(new Date(LAST_INSTANT_MS + 1))).toThrow(
      `The Date ${LAST_INSTANT_MS + 1} ms is outside the years 0000 to 9999`,
    );
  });

  it.each([[new Date("nonsense")], [42], [null], [{}], [{ epochMilliseconds: Number.NaN }]])(
    "refuses %s from a caller without types",
    (value) => {
      expect(() => momentMs(value as never)).toThrow(
        expect.objectContaining({ code: "invalid-time" }),
      );
    },
  );

  it("agrees with the platform on every real time with an offset", () => {
    const instants = fc.integer({ min: FIRST_INSTANT_MS + 1e8, max: LAST_INSTANT_MS - 1e8 });
    const offsets = fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 });
    fc.assert(
      fc.property(instants, offsets, (atMs, offsetMinutes) => {
        const local = new Date(atMs + offsetMinutes * 60_000).toISOString().slice(0, -1);
        const sign = offsetMinutes < 0 ? "-" : "+";
        const minutes = Math.abs(offsetMinutes);
        const pad = (value: number) => String(value).padStart(2, "0");
        const offset = `${sign}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
        expect(momentMs(local + offset)).toBe(atMs);
      }),
    );
  });
});
