import { sep } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucketProblem, keyProblem, placeOf } from "./place.js";

const key = (key: string) => placeOf("/data", { bucket: "out", key });

describe("placeOf()", () => {
  it("puts an ordinary key where one would look for it", () => {
    expect(key("reports/2026/a.pdf").plain).toBe("/data/out/reports/2026/a.pdf");
  });

  it.each([
    ["..", "/data/out/.%2E"],
    ["../../etc/passwd", "/data/out/.%2E/.%2E/etc/passwd"],
    ["/etc/passwd", "/data/out/%empty/etc/passwd"],
    ["a//b/", "/data/out/a/%empty/b/%empty"],
    ["..\\..\\a", "/data/out/..%5C..%5Ca"],
  ])("keeps %j inside its bucket", (name, path) => {
    expect(key(name).plain).toBe(path);
  });

  it("keeps all keys inside their bucket, each in a different place", () => {
    const keys = fc
      .string({ unit: fc.constantFrom("/", ".", "a", "%", "\\", ":", "\u{1f4c5}"), minLength: 1 })
      .filter((text) => keyProblem(text) === undefined);
    fc.assert(
      fc.property(keys, keys, (a, b) => {
        const { plain, adjacent, sidecar } = key(a);
        expect(plain.startsWith(`${sep}data${sep}out${sep}`)).toBe(true);
        expect(plain.split(sep)).not.toContain("..");
        expect(sidecar.startsWith(`${sep}data${sep}.keywhen${sep}meta${sep}out${sep}`)).toBe(true);
        expect(plain === key(b).plain).toBe(a === b);
        expect(adjacent === key(b).plain).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it("remembers the paths of so many folders, and of no more", () => {
    const known = new Map();
    for (let i = 0; i < 2_500; i++) {
      const ref = { bucket: "out", key: `${i}/a` };
      expect(placeOf("/data", ref, known).plain).toBe(`/data/out/${i}/a`);
    }
    expect(known.size).toBeGreaterThan(0);
    expect(known.size).toBeLessThanOrEqual(1_000);
  });

  it.each(["", "a\0b", "\ud83d", "x".repeat(1025), "é".repeat(513)])(
    "refuses the key %j",
    (name) => {
      expect(() => key(name)).toThrow(/^the key /);
    },
  );
});

describe("bucketProblem()", () => {
  it.each(["out", "acme-schedule", "My Bucket_2", "bücher"])("allows %j", (name) => {
    expect(bucketProblem(name)).toBeUndefined();
  });

  it.each([
    "",
    ".",
    "..",
    ".keywhen",
    ".git",
    "a/b",
    "../b",
    "a\\b",
    "C:",
    "nul",
    "a.",
    "a|b",
    "a\0",
  ])("refuses %j", (name) => {
    expect(bucketProblem(name)).toContain("can't be a folder");
  });

  it("allows 200 bytes and no more", () => {
    expect(bucketProblem("b".repeat(200))).toBeUndefined();
    expect(bucketProblem("b".repeat(201))).toBeDefined();
  });
});
