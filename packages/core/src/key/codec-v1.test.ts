import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FIRST_INSTANT_MS, LAST_INSTANT_MS } from "../time/instant.js";
import { codecV1, escapePart, isInScheduleFolder, unescapePart } from "./codec-v1.js";
import type { EventKey } from "./key-codec.js";

// Examples of keys, and of texts that are not keys, are in the protocol's test vectors.

const name = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }),
  fc.string({ unit: fc.constantFrom(..."/.a%~é|2F"), minLength: 1, maxLength: 12 }),
);
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
    expiresAfterMs: fc.option(fc.integer({ min: 1_000, max: 999_999_999_999 }), { nil: undefined }),
  })
  .map((key) => {
    const isNamed = key.deliveryId !== undefined;
    return isNamed ? key : { ...key, suffix: undefined, expiresAfterMs: undefined };
  });

function check<Values extends [unknown, ...unknown[]]>(
  arbitraries: { [Index in keyof Values]: fc.Arbitrary<Values[Index]> },
  predicate: (...values: Values) => void,
): void {
  fc.assert(fc.property(...arbitraries, predicate), { numRuns: 10_000 });
}

describe("codecV1", () => {
  it("writes every event in characters that no shell and no path misreads, and reads it back", () => {
    check([event], (key) => {
      const id = codecV1.encode(key);
      expect(codecV1.decode(id)).toEqual(key);
      expect(id).toMatch(/^[A-Za-z0-9\-_.!()*:@,=+&$;/%|~]+$/);
      const segments = id.split(/[|~/]/);
      expect(segments.filter((segment) => ["", ".", ".."].includes(segment))).toEqual([]);
    });
  });

  it("puts keys into the order of time, with any text after the instant", () => {
    check([event, event], (one, other) => {
      if (one.atMs === other.atMs) return;
      expect(codecV1.encode(one) < codecV1.encode(other)).toBe(one.atMs < other.atMs);
    });
  });

  it("bounds a range of instants from both sides", () => {
    check([event, instantMs], (key, atMs) => {
      const id = codecV1.encode(key);
      expect(id > codecV1.before(atMs)).toBe(key.atMs >= atMs);
      expect(id < codecV1.after(atMs)).toBe(key.atMs <= atMs);
    });
    const last = { atMs: LAST_INSTANT_MS, to: { bucket: "b", key: "k" } };
    const id = codecV1.encode({ ...last, deliveryId: undefined, suffix: undefined });
    expect(codecV1.after(LAST_INSTANT_MS) > id).toBe(true);
    expect(codecV1.after(LAST_INSTANT_MS - 1)).toBe("9999-12-31T23:59:59.999Z");
  });

  it("accepts a string only if it would write it the same way, and never throws", () => {
    const text = fc.string({ unit: fc.constantFrom(..."|~%/.aéx0\ud800\u0000"), maxLength: 3 });
    const damaged = fc.tuple(event, fc.nat(120), text).map(([key, position, inserted]) => {
      const id = codecV1.encode(key);
      return id.slice(0, position) + inserted + id.slice(position + 1);
    });
    check([fc.oneof(damaged, fc.string({ unit: "binary", maxLength: 60 }))], (given) => {
      const key = codecV1.decode(given);
      if (key !== undefined) expect(codecV1.encode(key)).toBe(given);
    });
  });

  it.each(["|b", "|bucket", "|b|\ud800|id", "|b|%20\ud800|id"])(
    "does not recognize an instant followed by %j",
    (rest) => {
      expect(codecV1.decode(`2026-11-24T10:00:00.000Z${rest}`)).toBeUndefined();
    },
  );
});

describe("codecV1.checkRoot()", () => {
  it.each([42, null, "", "jobs/", "a//b", "a b", "é", "a/../b", "jobs/dead", "lease.0a"])(
    "refuses %j",
    (root) => {
      expect(() => codecV1.checkRoot(root as never)).toThrow(
        expect.objectContaining({ code: "invalid-option" }),
      );
    },
  );
});

describe("isInScheduleFolder()", () => {
  const schedule = { bucket: "b", root: "acme/jobs" };

  it.each([
    ["b", "acme/jobs/pending/x", true],
    ["b", "acme/jobs/", true],
    ["b", "acme/jobs", false],
    ["b", "acme/jobs2/x", false],
    ["b", "x/acme/jobs/", false],
    ["b", "acme/x", false],
    ["other", "acme/jobs/pending/x", false],
  ])("is for %s/%s %s", (bucket, key, isInside) => {
    expect(isInScheduleFolder(schedule, { bucket, key })).toBe(isInside);
  });
});

describe("escapePart() and unescapePart()", () => {
  it("refuse half a surrogate pair with the name", () => {
    expect(() => escapePart("a\ud800b")).toThrow(
      expect.objectContaining({
        code: "invalid-target",
        message: expect.stringMatching(/^"a\\ud800b" contains a lone surrogate/),
      }),
    );
  });

  it("read of all escapes of one byte those that are needed, in uppercase", () => {
    const digits = [..."0123456789ABCDEFGabcdefg/:@`"];
    const pairs = digits.flatMap((high) => digits.map((low) => `${high}${low}`));
    const needed = pairs.filter((pair) => {
      if (!/^[0-7][0-9A-F]$/.test(pair)) return false;
      return !/[!$&()*+,\-./0-9:;=@A-Z_a-z]/.test(String.fromCharCode(Number(`0x${pair}`)));
    });
    expect(pairs.filter((pair) => unescapePart(`a%${pair}b`) !== undefined)).toEqual(needed);
    expect(pairs.filter((pair) => unescapePart(`é%${pair}b`) !== undefined)).toEqual([]);
  });

  it("write and read texts of any length", () => {
    for (const long of [
      "é/".repeat(10_000).concat("é"),
      "é/".repeat(10_000),
      "a/b".repeat(5_000),
    ]) {
      expect(unescapePart(escapePart(long)) === long).toBe(true);
    }
    expect(unescapePart("a/".repeat(10_000))).toBeUndefined();
  });
});
