import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FIRST_INSTANT_MS, LAST_INSTANT_MS } from "../time/instant.js";
import { codecV1 } from "./codec-v1.js";
import type { EventKey } from "./key-codec.js";

const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
const instantMs = fc.oneof(
  fc.integer({ min: FIRST_INSTANT_MS, max: LAST_INSTANT_MS }),
  fc.integer({ min: -5, max: 5 }).map((ms) => Date.UTC(2026, 10, 24) + ms),
);
const hex = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 8, maxLength: 8 });
const event: fc.Arbitrary<EventKey> = fc
  .record({
    atMs: instantMs,
    to: fc.record({ bucket: name, key: name }),
    deliveryId: fc.option(name, { nil: undefined }),
    suffix: fc.option(hex, { nil: undefined }),
  })
  .map((key) => (key.deliveryId === undefined ? { ...key, suffix: undefined } : key));

const EXAMPLE = {
  atMs: Date.UTC(2018, 7, 5, 12),
  to: { bucket: "s3-bucket", key: "s3_important_files/report.bin" },
  deliveryId: "k3v9q2m8x1ap",
  suffix: undefined,
};

describe("codecV1", () => {
  it("writes the instant first, then bucket, key and delivery id", () => {
    expect(codecV1.pendingPrefix("keywhen") + codecV1.encode(EXAMPLE)).toBe(
      "keywhen/pending/2018-08-05T12:00:00.000Z|s3-bucket|s3_important_files/report.bin|k3v9q2m8x1ap",
    );
  });

  it("reads a key that was written by hand in three parts", () => {
    expect(codecV1.decode("2018-08-05T12:00:00.000Z|b|k")).toEqual({
      atMs: EXAMPLE.atMs,
      to: { bucket: "b", key: "k" },
      deliveryId: undefined,
      suffix: undefined,
    });
  });

  it("tells the suffix of a moved event from its delivery id, also one that holds a tilde", () => {
    const moved = { ...EXAMPLE, deliveryId: "a~b", suffix: "0123abcd" };
    const id = codecV1.encode(moved);
    expect(id).toMatch(/\|a%7Eb~0123abcd$/);
    expect(codecV1.decode(id)).toEqual(moved);
  });

  it("gives back every event that it writes", () => {
    fc.assert(
      fc.property(event, (key) => {
        expect(codecV1.decode(codecV1.encode(key))).toEqual(key);
      }),
      { numRuns: 10_000 },
    );
  });

  it("puts keys into the order of time, whatever follows the instant", () => {
    fc.assert(
      fc.property(event, event, (one, other) => {
        const isEarlier = one.atMs < other.atMs;
        if (one.atMs !== other.atMs) {
          expect(codecV1.encode(one) < codecV1.encode(other)).toBe(isEarlier);
        }
      }),
      { numRuns: 10_000 },
    );
  });

  it("bounds a range of instants from both sides", () => {
    fc.assert(
      fc.property(event, instantMs, (key, atMs) => {
        const id = codecV1.encode(key);
        expect(id > codecV1.before(atMs)).toBe(key.atMs >= atMs);
        expect(id < codecV1.after(atMs)).toBe(key.atMs <= atMs);
      }),
      { numRuns: 10_000 },
    );
  });

  it("accepts a string only if it would write it the same way, and never throws", () => {
    const damaged = fc
      .tuple(event, fc.nat(120), fc.string({ unit: "binary", maxLength: 2 }))
      .map(([key, position, text]) => {
        const id = codecV1.encode(key);
        return id.slice(0, position) + text + id.slice(position + 1);
      });
    const strings = fc.oneof(damaged, fc.string({ unit: "binary", maxLength: 60 }), fc.string());
    fc.assert(
      fc.property(strings, (text) => {
        const key = codecV1.decode(text);
        if (key !== undefined) expect(codecV1.encode(key)).toBe(text);
      }),
      { numRuns: 20_000 },
    );
  });

  const at = "2026-11-24T10:00:00.000Z";
  it.each([
    ["nothing", ""],
    ["an instant alone", at],
    ["two parts", `${at}|b`],
    ["two parts, the second long", `${at}|bucket`],
    ["five parts", `${at}|b|k|id|x`],
    ["an empty bucket", `${at}||k|id`],
    ["an empty key", `${at}|b||id`],
    ["an empty delivery id", `${at}|b|k|`],
    ["a suffix alone", `${at}|b|k|~0123abcd`],
    ["a short suffix", `${at}|b|k|id~0123abc`],
    ["an uppercase suffix", `${at}|b|k|id~0123ABCD`],
    ["two suffixes", `${at}|b|k|id~0123abcd~0123abcd`],
    ["30 February", "2026-02-30T10:00:00.000Z|b|k|id"],
    ["29 February of no leap year", "2100-02-29T10:00:00.000Z|b|k|id"],
    ["month 13", "2026-13-01T10:00:00.000Z|b|k|id"],
    ["day 0", "2026-11-00T10:00:00.000Z|b|k|id"],
    ["hour 24", "2026-11-24T24:00:00.000Z|b|k|id"],
    ["minute 60", "2026-11-24T10:60:00.000Z|b|k|id"],
    ["a leap second", "2026-12-31T23:59:60.000Z|b|k|id"],
    ["no milliseconds", "2026-11-24T10:00:00Z|b|k|id"],
    ["an offset", "2026-11-24T10:00:00.000+00:00|b|k|id"],
    ["a blank for the T", "2026-11-24 10:00:00.000Z|b|k|id"],
    ["full-width digits", "２026-11-24T10:00:00.000Z|b|k|id"],
    ["a byte order mark", `\ufeff${at}|b|k|id`],
    ["an escape that need not be", `${at}|b|%41|id`],
    ["lowercase hex", `${at}|b|a%2fb|id`],
    ["an overlong slash", `${at}|b|%C0%AF|id`],
    ["half a surrogate pair", `${at}|b|\ud800|id`],
    ["a raw tilde in the key", `${at}|b|a~b|id`],
  ])("does not recognize %s", (_, id) => {
    expect(codecV1.decode(id)).toBeUndefined();
  });

  it("has a bound after every instant, the last as well", () => {
    const last = { ...EXAMPLE, atMs: LAST_INSTANT_MS };
    expect(codecV1.after(LAST_INSTANT_MS) > codecV1.encode(last)).toBe(true);
    expect(codecV1.after(LAST_INSTANT_MS - 1)).toBe("9999-12-31T23:59:59.999Z");
  });

  it("reads 29 February of a leap year and the year 0000", () => {
    expect(codecV1.decode("2024-02-29T23:59:59.999Z|b|k")?.atMs).toBe(
      Date.UTC(2024, 1, 29, 23, 59, 59, 999),
    );
    expect(codecV1.decode("0000-01-01T00:00:00.000Z|b|k")?.atMs).toBe(FIRST_INSTANT_MS);
    expect(codecV1.decode("9999-12-31T23:59:59.999Z|b|k")?.atMs).toBe(LAST_INSTANT_MS);
  });
});
