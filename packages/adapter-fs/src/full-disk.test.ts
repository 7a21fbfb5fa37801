import { describe, expect, it } from "vitest";
import { temporaryStore } from "../fixtures/temporary-store.js";
import { explainFullDisk, hasNoInodes } from "./full-disk.js";

const full = Object.assign(new Error("no space"), { code: "ENOSPC" });
const denied = Object.assign(new Error("no"), { code: "EACCES" });

describe("explainFullDisk()", () => {
  it("returns the system's error for a disk that has inodes, one that is gone, and another failure", async () => {
    const { folder } = await temporaryStore();
    const here = { root: async () => folder };
    expect(await explainFullDisk(here, full)).toBe(full);
    expect(await explainFullDisk(here, denied)).toBe(denied);
    expect(await explainFullDisk({ root: async () => `${folder}/gone` }, full)).toBe(full);
  });

  it("names inodes where a file system that counts them has none left", async () => {
    expect(hasNoInodes({ files: 100, ffree: 0 })).toBe(true);
    expect(hasNoInodes({ files: 100, ffree: 1 })).toBe(false);
    expect(hasNoInodes({ files: 0, ffree: 0 })).toBe(false);
    // `/proc` counts no inodes at all.
    expect(await explainFullDisk({ root: async () => "/proc" }, full)).toBe(full);
  });
});
