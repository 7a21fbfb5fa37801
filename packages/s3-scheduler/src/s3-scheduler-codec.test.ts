import { readFileSync } from "node:fs";
import type { EventKey } from "@keywhen/core/internal";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FIRST_INSTANT_MS } from "../../core/src/time/instant.js";
import { s3SchedulerCodec } from "./s3-scheduler-codec.js";

interface Vector {
  readonly id: string;
  readonly atMs: number;
  readonly bucket: string;
  readonly key: string;
  readonly isCanonical: boolean;
}

/** Written by Python itself: see fixtures/make-vectors.py. */
const VECTORS: readonly Vector[] = JSON.parse(
  readFileSync(new URL("../fixtures/vectors.json", import.meta.url), "utf8"),
);

const YEAR_1_MS = Date.parse("0001-01-01T00:00:00Z");
const NOON_MS = Date.UTC(2018, 7, 5, 12);
const NOON = "2018-08-05%2012%3A00%3A00%2B00%3A00";

const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
const instantMs = fc.integer({ min: Date.UTC(1000, 0, 1), max: Date.UTC(9999, 0, 1) });
const event: fc.Arbitrary<EventKey> = fc.record({
  atMs: instantMs,
  to: fc.record({ bucket: name, key: name.filter((key) => !/~[~/]|\/~/.test(key)) }),
  deliveryId: fc.constant(undefined),
  suffix: fc.constant(undefined),
});
/** Local times with offsets, as Python writes them. */
const offsetMinutes = fc.integer({ min: -1_439, max: 1_439 });
const spelled = fc.tuple(instantMs, offsetMinutes).map(([atMs, minutes]) => {
  const local = new Date(atMs + minutes * 60_000).toISOString();
  const fraction = local.slice(20, 23) === "000" ? "" : `.${local.slice(20, 23)}000`;
  const sign = minutes < 0 ? "-" : "+";
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const offset = `${sign}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
  const text = `${local.slice(0, 19).replace("T", " ")}${fraction}${offset}`;
  return { atMs, id: `${encodeURIComponent(text)}|b|k` };
});

describe("s3SchedulerCodec", () => {
  it.each(VECTORS)("reads $id as Python wrote it", ({ id, atMs, bucket, key }) => {
    expect(s3SchedulerCodec.decode(id)).toEqual({
      atMs,
      to: { bucket, key },
      deliveryId: undefined,
      suffix: undefined,
    });
  });

  it("writes what Python writes for UTC", () => {
    const canonical = VECTORS.filter(({ isCanonical }) => isCanonical);
    expect(canonical.length).toBeGreaterThan(12);
    for (const { id, atMs, bucket, key } of canonical) {
      const written = { atMs, to: { bucket, key }, deliveryId: undefined, suffix: undefined };
      expect(s3SchedulerCodec.encode(written)).toBe(id);
    }
  });

  it("begins every key with the path, a slash and a bar", () => {
    expect(s3SchedulerCodec.pendingPrefix("scheduled")).toBe("scheduled/|");
    expect(s3SchedulerCodec.pendingPrefix("/path")).toBe("/path/|");
  });

  it("accepts the paths that the package accepted, and requires one", () => {
    for (const path of ["scheduled", "/path", "pending", "a b/ü", ""]) {
      expect(s3SchedulerCodec.checkRoot(path)).toBe(path);
    }
    for (const path of ["scheduled/", "a|b", undefined]) {
      expect(() => s3SchedulerCodec.checkRoot(path)).toThrow("root");
    }
  });

  it("gives back every event that it writes", () => {
    fc.assert(
      fc.property(event, (key) => {
        expect(s3SchedulerCodec.decode(s3SchedulerCodec.encode(key))).toEqual(key);
      }),
      { numRuns: 2_000 },
    );
  });

  it("reads an instant at any offset, and bounds it from both sides", () => {
    fc.assert(
      fc.property(spelled, ({ atMs, id }) => {
        expect(s3SchedulerCodec.decode(id)?.atMs).toBe(atMs);
        expect(s3SchedulerCodec.before(atMs) < id).toBe(true);
        expect(s3SchedulerCodec.after(atMs) > id).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it("bounds a range at the ends of time, and not wider than a day and a second", () => {
    expect(s3SchedulerCodec.before(FIRST_INSTANT_MS)).toBe("");
    expect(s3SchedulerCodec.after(Date.UTC(9999, 11, 31, 23))).toBe(":");
    expect(s3SchedulerCodec.before(NOON_MS)).toBe("2018-08-04%2012%3A00%3A00");
    expect(s3SchedulerCodec.after(NOON_MS)).toBe("2018-08-06%2012%3A00%3A01");
  });

  it("accepts nothing that reads back as another event, and never throws", () => {
    const damaged = fc
      .tuple(fc.constantFrom(...VECTORS), fc.nat(120), fc.string({ unit: "binary", maxLength: 2 }))
      .map(([{ id }, at, text]) => id.slice(0, at) + text + id.slice(at + 1));
    const strings = fc.oneof(damaged, fc.string({ unit: "binary", maxLength: 60 }));
    fc.assert(
      fc.property(strings, (text) => {
        const key = s3SchedulerCodec.decode(text);
        if (key === undefined || key.atMs < YEAR_1_MS) return;
        expect(s3SchedulerCodec.decode(s3SchedulerCodec.encode(key))).toEqual(key);
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ["nothing", ""],
    ["a time alone", NOON],
    ["two parts", `${NOON}|b`],
    ["four parts", `${NOON}|b|k|x`],
    ["an empty bucket", `${NOON}||k`],
    ["an empty key", `${NOON}|b|`],
    ["a raw blank", `2018-08-05 12%3A00%3A00|b|k`],
    ["raw colons", `2018-08-05%2012:00:00|b|k`],
    ["a T", `2018-08-05T12%3A00%3A00|b|k`],
    ["a Z", `2018-08-05%2012%3A00%3A00Z|b|k`],
    ["a raw plus", `2018-08-05%2012%3A00%3A00+00%3A00|b|k`],
    ["lowercase hex", `2018-08-05%2012%3a00%3A00|b|k`],
    ["a date alone", "2018-08-05|b|k"],
    ["no seconds", "2018-08-05%2012%3A00|b|k"],
    ["milliseconds", "2018-08-05%2012%3A00%3A00.123|b|k"],
    ["a fraction of zero", "2018-08-05%2012%3A00%3A00.000000|b|k"],
    ["30 February", "2018-02-30%2012%3A00%3A00|b|k"],
    ["hour 24", "2018-02-20%2024%3A00%3A00|b|k"],
    ["a leap second", "2016-12-31%2023%3A59%3A60|b|k"],
    ["the year 0", "0000-01-01%2012%3A00%3A00|b|k"],
    ["an offset of a day", "2018-08-05%2012%3A00%3A00%2B24%3A00|b|k"],
    ["minus zero", "2018-08-05%2012%3A00%3A00-00%3A00|b|k"],
    ["an offset with seconds of zero", "2018-08-05%2012%3A00%3A00%2B01%3A00%3A00|b|k"],
    ["an instant past the year 9999", "9999-12-31%2023%3A59%3A59-12%3A00|b|k"],
    ["a raw slash in the key", `${NOON}|b|a/b`],
    ["an escaped slash in the key", `${NOON}|b|a%2Fb`],
    ["an escape that need not be", `${NOON}|b|%41`],
    ["a raw exclamation mark", `${NOON}|b|a!`],
    ["both ways to write a tilde", `${NOON}|b|a~b%7Ec`],
    ["what is no UTF-8", `${NOON}|b|%FF`],
    ["a v1 id", "2018-08-05T12:00:00.000Z|b|k|id"],
  ])("does not recognize %s", (_, id) => {
    expect(s3SchedulerCodec.decode(id)).toBeUndefined();
  });

  it("refuses to write what it couldn't read back", () => {
    const good = { atMs: NOON_MS, to: { bucket: "b", key: "k" }, suffix: undefined };
    expect(() => s3SchedulerCodec.encode({ ...good, deliveryId: "x" })).toThrow(
      "no place for a delivery",
    );
    const first = { ...good, deliveryId: undefined, atMs: YEAR_1_MS };
    expect(s3SchedulerCodec.encode(first)).toMatch(/^0001-01-01/);
    expect(() => s3SchedulerCodec.encode({ ...first, atMs: YEAR_1_MS - 1 })).toThrow(
      "the year 0001",
    );
    for (const key of ["a~~b", "a~/b", "half \ud800"]) {
      const to = { bucket: "b", key };
      expect(() => s3SchedulerCodec.encode({ ...good, to, deliveryId: undefined })).toThrow(
        key.slice(0, 3),
      );
    }
  });
});
