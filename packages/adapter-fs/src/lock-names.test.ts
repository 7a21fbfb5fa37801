import { describe, expect, it } from "vitest";
import { hashesIn, lockHash, lockNames, lockPrefix } from "./lock-names.js";

const OWNER = "0123456789abcdef01";
const hashOf = (key: string) => lockHash({ bucket: "schedule", key });

describe("lockHash()", () => {
  it("is the same in every version of every process, and never contains what a file system refuses", () => {
    expect(hashOf("keywhen/pending/a")).toBe("d8np2kn0");
    expect(hashOf("")).toMatch(/^[0-9a-z]{8}$/);
    expect(hashOf("é\u{1f600}")).toMatch(/^[0-9a-z]{8}$/);
  });

  it("distinguishes keys that differ in one character, and buckets", () => {
    const hashes = new Set<string>();
    for (let i = 0; i < 50_000; i++) {
      hashes.add(hashOf(`keywhen/pending/2026-12-24T11:59:58.000Z|out|jobs/${i}|id`));
      hashes.add(lockHash({ bucket: "out", key: `jobs/${i}` }));
    }
    expect(hashes.size).toBe(100_000);
  });
});

describe("lockNames()", () => {
  it("fits any number of hashes into names that every file system allows", () => {
    const hashes = Array.from({ length: 130 }, (_, i) => hashOf(`${i}`));
    const names = lockNames(OWNER, 2 ** 40, hashes);
    expect(new Set(names).size).toBe(6);
    for (const name of names) {
      expect(name.length).toBeLessThanOrEqual(230);
      expect(name.startsWith(lockPrefix(OWNER))).toBe(true);
    }
    const wanted = new Set([...hashes.slice(0, 60), hashOf("unlocked")]);
    expect(names.flatMap((name) => hashesIn(name, wanted))).toEqual(hashes.slice(0, 60));
  });
});
