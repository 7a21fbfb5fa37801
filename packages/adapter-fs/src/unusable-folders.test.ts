import { chmod, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ObjectStore } from "@keywhen/core/store";
import { skipUnless } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { inOwnMounts, OWN_MOUNTS } from "../fixtures/own-mounts.js";
import { storeProcess } from "../fixtures/store-process.js";
import { bytes, filesIn, temporaryFolder, temporaryStore } from "../fixtures/temporary-store.js";
import { fsStore } from "./fs-store.js";
import { explainFullDisk, hasNoInodes, inspectFolder } from "./inspect-folder.js";
import { openFolder } from "./store-folder.js";

const REF = { bucket: "in", key: "a/b" };
const readAndWrite = (store: ObjectStore): readonly (() => Promise<unknown>)[] => [
  () => store.list({ bucket: "in" }),
  () => store.put(REF, bytes("x")),
];

describe("a folder that doesn't exist yet", () => {
  it("is made by the first write, and by no read", async () => {
    const parent = await temporaryFolder();
    const store = fsStore({ folder: join(parent, "x/y"), createBuckets: true });
    expect(await store.head(REF)).toBeUndefined();
    expect(await store.get(REF)).toBeUndefined();
    expect(await store.list({ bucket: "in" })).toMatchObject({ isBucketMissing: true });
    expect(await store.copy(REF, { ...REF, key: "c" })).toEqual({ outcome: "source-gone" });
    expect(await store.move?.(REF, { ...REF, key: "c" })).toEqual({ outcome: "source-gone" });
    expect(await store.delete("in", [REF.key])).toEqual([{ outcome: "gone" }]);
    expect(await readdir(parent)).toEqual([]);
    await store.put(REF, bytes("body"));
    expect(await readdir(join(parent, "x/y"))).toEqual([".keywhen", "in"]);
    expect(await store.list({ bucket: "in" })).not.toHaveProperty("isBucketMissing");
    await store.copy(REF, { bucket: "copies", key: "c/d" });
    await store.move?.(REF, { bucket: "moved", key: "e/f" });
    const files = await filesIn(join(parent, "x/y"));
    expect(files).toEqual(expect.arrayContaining(["copies/c/d", "moved/e/f"]));
  });

  it("is named where buckets are not made", async () => {
    const folder = join(await temporaryFolder(), "dtaa");
    const store = fsStore({ folder });
    const problem = { code: "no-such-bucket", retryable: false, undecided: false };
    for (const call of readAndWrite(store)) {
      const error = await call().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject(problem);
      expect(String(error)).toContain(`there is no folder ${join(folder, "in")}: create it`);
    }
  });

  it.each([true, false])("may be no file (buckets are made: %s)", async (createBuckets) => {
    const parent = await temporaryFolder();
    const file = join(parent, "a-file");
    await writeFile(file, "text");
    const store = fsStore({ folder: join(file, "data"), createBuckets });
    for (const call of readAndWrite(store)) {
      const error = await call().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ retryable: false, undecided: false });
      expect(String(error)).toContain(`${file} is a file, not a folder`);
    }
  });

  it("may be a file where a bucket would be", async () => {
    const { folder } = await temporaryStore();
    await rm(join(folder, "in"), { recursive: true });
    await writeFile(join(folder, "in"), "text");
    const store = fsStore({ folder, createBuckets: true });
    for (const call of readAndWrite(store)) {
      await expect(call()).rejects.toThrow(`${join(folder, "in")} is a file, not a folder`);
    }
  });

  it("ends with an error where the file system allows no folder", { timeout: 10_000 }, async () => {
    const store = fsStore({ folder: "/proc/keywhen/data", createBuckets: true });
    await expect(store.put(REF, bytes("x"))).rejects.toMatchObject({
      code: "denied",
      retryable: false,
      undecided: false,
    });
  });
});

describe("a folder that may not be written", () => {
  it("is denied, with its path", async () => {
    const { folder } = await temporaryStore();
    await chmod(folder, 0o555);
    const isRoot = process.getuid?.() === 0;
    // Root without the power to ignore modes, not another user: a checkout can lie where only root may read it.
    const obeyModes = 'set -- setpriv --bounding-set=-dac_override,-dac_read_search "$@"';
    const child = storeProcess(folder, "tryPut", "", isRoot ? obeyModes : "true");
    expect(await child.said()).toMatchObject({
      code: "denied",
      retryable: false,
      undecided: false,
      message: `put in/contested: permission denied (EACCES): ${join(folder, ".keywhen")}; grant this user the permission`,
    });
    await chmod(folder, 0o755);
  });
});

skipUnless(describe, OWN_MOUNTS)("a disk", () => {
  const inMount = async (options: string, script: string) => {
    const folder = await temporaryFolder();
    return inOwnMounts(folder, `mount -t tmpfs -o ${options} tmpfs .\ncd .\n${script}`);
  };

  it("that is read-only is denied immediately: before and after the first write", async () => {
    const readOnly = "mount -o remount,ro,bind . 2>/dev/null || mount -o remount,ro .";
    const [fresh] = await inMount("size=1m", `mkdir in; ${readOnly}; task tryPut`);
    const [written, used] = await inMount(
      "size=1m",
      `mkdir in; task tryPut; ${readOnly}; task tryPut`,
    );
    expect(written).toEqual({ outcome: "written" });
    for (const answer of [fresh, used]) {
      expect(answer).toMatchObject({ code: "denied", retryable: false, undecided: false });
      expect(answer).toHaveProperty("message", expect.stringContaining("read-only (EROFS): /"));
    }
  });

  it("that is full is named, and no folder without an owner is left on it", async () => {
    const [answer, left, later] = await inMount(
      "size=256k",
      `mkdir in; head -c 1m /dev/zero > fill || true; task tryPut; task showWork
       rm fill; task tryPut`,
    );
    expect(answer).toMatchObject({ code: "unavailable", retryable: true, undecided: false });
    expect(answer).toHaveProperty("message", expect.stringContaining("disk full (ENOSPC)"));
    expect(left).toEqual([]);
    expect(later).toEqual({ outcome: "written" });
  });

  it("without free inodes is distinguished from a full one", async () => {
    const [answer] = await inMount(
      "size=1m,nr_inodes=8",
      "mkdir in; (for i in 1 2 3 4 5 6 7 8 9; do touch in/$i; done) 2>/dev/null || true; task tryPut",
    );
    expect(answer).toMatchObject({ code: "unavailable", retryable: true, undecided: false });
    expect(answer).toHaveProperty("message", expect.stringContaining("no free inodes"));
  });
});

describe("inspectFolder()", () => {
  /** A disk with so many free blocks of 4 KB, and free inodes. */
  const disk = async (bavail: number, ffree: number) => {
    const { folder, opened } = await temporaryStore((calls) => ({
      ...calls,
      statfs: async (path) => ({
        ...(await calls.statfs(path)),
        bavail,
        bsize: 4_096,
        files: 100,
        ffree,
      }),
    }));
    return { folder, opened, found: await inspectFolder(opened, "in") };
  };

  it("reports what is free", async () => {
    const { folder, found } = await disk(1_000, 1);
    const detail = `${folder}/in can be written; 4 MB are free`;
    expect(found).toEqual({ name: "folder", status: "ok", detail });
  });

  it("reports a disk without room for a few events", async () => {
    const { folder, found } = await disk(200, 1);
    expect(found).toMatchObject({ status: "fail", detail: `the disk of ${folder}/in is full` });
  });

  it("reports a disk without free inodes, which also explains a failed write", async () => {
    const { folder, opened, found } = await disk(1_000, 0);
    const detail = `the disk of ${folder}/in has no free inodes`;
    expect(found).toMatchObject({ status: "fail", detail });
    const full = Object.assign(new Error("no space"), { code: "ENOSPC" });
    const explained = await explainFullDisk(opened, full);
    expect(explained).toMatchObject({ message: expect.stringContaining("no free inodes") });
  });
});

describe("explainFullDisk()", () => {
  const full = Object.assign(new Error("no space"), { code: "ENOSPC" });
  const denied = Object.assign(new Error("no"), { code: "EACCES" });

  it("returns the system's error for a disk that has inodes, for a folder that is gone, and for another failure", async () => {
    const { folder, opened } = await temporaryStore();
    expect(await explainFullDisk(opened, full)).toBe(full);
    expect(await explainFullDisk(opened, denied)).toBe(denied);
    await rm(folder, { recursive: true });
    expect(await explainFullDisk(opened, full)).toBe(full);
  });

  it("reports missing inodes only where the file system counts inodes", async () => {
    expect(hasNoInodes({ files: 100, ffree: 0 })).toBe(true);
    expect(hasNoInodes({ files: 100, ffree: 1 })).toBe(false);
    expect(hasNoInodes({ files: 0, ffree: 0 })).toBe(false);
    // `/proc` counts no inodes at all.
    const options = { createBuckets: false, sharedBetweenMachines: false, networkFolder: false };
    const proc = openFolder({ folder: "/proc", ...options });
    expect(await explainFullDisk(proc, full)).toBe(full);
  });
});
