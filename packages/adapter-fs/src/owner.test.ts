import { LINUX, skipUnless } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { describeSelf, hasEnded, parseOwner, printOwner } from "./owner.js";

const HOUR_MS = 3_600_000;

describe("hasEnded()", () => {
  it("sees that this process lives, however silent", () => {
    const self = describeSelf();
    const written = parseOwner(printOwner(self));
    expect(written).toEqual(self);
    expect(hasEnded(written, describeSelf(), HOUR_MS, 1)).toBe(false);
  });

  it("sees that no process has a pid", () => {
    const self = describeSelf();
    // Above the largest pid that a system gives.
    expect(hasEnded({ ...self, pid: 2 ** 30 }, self, 0, HOUR_MS)).toBe(true);
  });

  skipUnless(it, LINUX)("distinguishes a process from a later one with the same pid", () => {
    const self = describeSelf();
    expect(hasEnded({ ...self, startedAt: "1" }, self, 0, HOUR_MS)).toBe(true);
  });

  it("believes in one of another machine until it is silent for long", () => {
    const self = describeSelf();
    for (const other of [{ ...self, machine: "other" }, parseOwner("")]) {
      expect(hasEnded(other, self, HOUR_MS - 1, HOUR_MS)).toBe(false);
      expect(hasEnded(other, self, HOUR_MS + 1, HOUR_MS)).toBe(true);
    }
  });
});
