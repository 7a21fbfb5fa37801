import { mkdir } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { LINUX, skipUnless } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../fixtures/temporary-store.js";
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

  it("knows a process by its pid alone where the system has no /proc", () => {
    const self = describeSelf("/no-proc");
    expect(self).toMatchObject({ startedAt: "", machine: `${hostname()}  ` });
    expect(hasEnded(parseOwner(printOwner(self)), self, HOUR_MS, 1)).toBe(false);
    expect(hasEnded({ ...self, pid: 2 ** 30 }, self, 0, HOUR_MS)).toBe(true);
  });

  it("does not take a /proc that can't be read for a missing one", async () => {
    const proc = await temporaryFolder();
    await mkdir(join(proc, "sys/kernel/random/boot_id"), { recursive: true });
    expect(() => describeSelf(proc)).toThrow("EISDIR");
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
