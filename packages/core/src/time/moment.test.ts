import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FIRST_INSTANT_MS, LAST_INSTANT_MS } from "./instant.js";
import { momentMs } from "./moment.js";

const NINE_UTC = Date.UTC(2026, 11, 24, 9);

describe("momentMs()", () => {
  it.each([
    "2026-12-24T09:00Z",
    "2026-12-24T09:00:00.000Z",
    "2026-12-24T10:00+0100",
    "2026-12-24T08:59:59,9990001Z",
    "2026-12-23T09:01-23:59",
    new Date(NINE_UTC),
    runInNewContext(`new Date(${NINE_UTC})`), // of another realm
    { epochMilliseconds: NINE_UTC },
    { epochMilliseconds: NINE_UTC, epochNanoseconds: BigInt(NINE_UTC) * 1_000_000n },
  ])("reads %s", (moment) => {
    expect(momentMs(moment)).toBe(NINE_UTC);
  });

  it("rounds up what is finer than a millisecond, so that nothing is early", () => {
    expect(momentMs("2026-12-24T09:00:00.000000001Z")).toBe(NINE_UTC + 1);
    const epochNanoseconds = BigInt(NINE_UTC) * 1_000_000n + 1n;
    expect(momentMs({ epochMilliseconds: NINE_UTC, epochNanoseconds })).toBe(NINE_UTC + 1);
    expect(momentMs({ epochMilliseconds: -1, epochNanoseconds: -999_999n })).toBe(0);
  });

  // tests/docs/messages has further ones.
  it.each([
    ["2026-13-01T09:00Z", "the month"],
    ["2026-12-24T24:00Z", "the hour"],
    ["2100-02-29T09:00Z", "the day must be from 01 to 28 (got 29)"],
    ["2026-04-00T09:00Z", "the day must be from 01 to 30 (got 00)"],
    ["2026-12-24T09:60Z", "the minute must be from 00 to 59 (got 60)"],
    ["2026-12-24T09:00:60Z", "the second must be from 00 to 59 (got 60)"],
    ["2026-12-24T09:00-00:60", "The UTC offset"],
    ["20261224T0900Z", "is not a supported form of an ISO 8601 time. Write it like"],
    ["2026-12-24 09:00Z", "not an ISO 8601 time"],
    ["", `"" is not an ISO 8601 time`],
    ["0000-01-01T00:00+00:01", "outside the supported years, 0000 to 9999"],
    ["9999-12-31T23:59:59.9999Z", "outside the supported years, 0000 to 9999"],
    [
      new Date(LAST_INSTANT_MS + 1),
      `The Date ${LAST_INSTANT_MS + 1} ms is outside the supported years`,
    ],
    [runInNewContext("new Date(NaN)"), "The Date is an Invalid Date"],
    [{ epochMilliseconds: Number.NaN }, "an object is outside the supported years"],
    [42, "42 is not a time"],
    [null, "null is not a time"],
    [{}, "an object is not a time"],
  ])("refuses %s and says why", (moment, message) => {
    const refusal = { code: "invalid-time", message: expect.stringContaining(message) };
    expect(() => momentMs(moment as never)).toThrow(expect.objectContaining(refusal));
  });

  it("agrees with the platform on every real time with an offset", () => {
    const instants = fc.integer({ min: FIRST_INSTANT_MS + 1e8, max: LAST_INSTANT_MS - 1e8 });
    const offsets = fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 });
    fc.assert(
      fc.property(instants, offsets, (atMs, offsetMinutes) => {
        const local = new Date(atMs + offsetMinutes * 60_000).toISOString().slice(0, -1);
        const minutes = Math.abs(offsetMinutes);
        const pad = (value: number) => String(value).padStart(2, "0");
        const offset = `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
        expect(momentMs(`${local}${offsetMinutes < 0 ? "-" : "+"}${offset}`)).toBe(atMs);
      }),
    );
  });
});
