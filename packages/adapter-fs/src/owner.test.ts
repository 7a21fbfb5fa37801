import { LINUX, skipUnless } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { describeSelf, hasEnded, parseOwner, printOwner } from "./owner.js";

const HOUR_MS = 3_600_000;

describe("hasEnded()", () => {
  it("sees that this process lives, however silent", async () => {
    const self = await describeSelf();
    const written = parseOwner(printOwner(self));
    expect(written).toEqual(self);
    expect(await hasEnded(written, await describeSelf(), HOUR_MS, 1)).toBe(false);
  });

  it("sees that no process has a pid", async () => {
    const self = await describeSelf();
    // Above the largest pid that a system gives.
    expect(await hasEnded({ ...self, pid: 2 ** 30 }, self, 0, HOUR_MS)).toBe(true);
  });

  skipUnless(it, LINUX)("distinguishes a process from a later one with the same pid", async () => {
    const self = await describeSelf();
    expect(await hasEnded({ ...self, startedAt: "1" }, self, 0, HOUR_MS)).toBe(true);
  });

  it("believes in one of another machine until it is silent for long", async () => {
    const self = await describeSelf();
    for (const other of [{ ...self, machine: "other" }, parseOwner("")]) {
      expect(await hasEnded(other, self, HOUR_MS - 1, HOUR_MS)).toBe(false);
      expect(await hasEnded(other, self, HOUR_MS + 1, HOUR_MS)).toBe(true);
    }
  });
});
