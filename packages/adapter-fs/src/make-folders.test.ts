import { mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bytes, temporaryFolder, temporaryStore, textAt } from "../fixtures/temporary-store.js";
import { watchCalls } from "../fixtures/watch-calls.js";
import { storeOn } from "./fs-store.js";
import { openFolder } from "./store-folder.js";
import { blockingCalls } from "./system-calls.js";

const REF = { bucket: "in", key: "a" };
const OPTIONS = { createBuckets: true, sharedBetweenMachines: false, networkFolder: false };

/** A store that makes its folder `x/y`, while something happens before the first attempt to make `path`. */
async function making(path: string, happens: (path: string) => void) {
  const parent = await temporaryFolder();
  let isOver = false;
  const calls = watchCalls(blockingCalls, (name, [at]) => {
    if (isOver || name !== "mkdir" || at !== join(parent, path)) return;
    isOver = true;
    happens(at);
  });
  const folder = join(parent, "x/y");
  return { folder, store: storeOn(openFolder({ folder, ...OPTIONS }, calls)) };
}

describe("the folder of a store", () => {
  it.each<[string, string, (path: string) => void]>([
    ["makes it first", "x/y", (path) => mkdirSync(path)],
    ["removes the folder above it", "x/y", (path) => rmdirSync(join(path, ".."))],
  ])("is made although another process %s", async (_, path, happens) => {
    const { store } = await making(path, happens);
    await store.put(REF, bytes("body"));
    expect(await textAt(store, REF)).toBe("body");
  });

  it("may not be a file that another program has just made", async () => {
    const { folder, store } = await making("x/y", (path) => writeFileSync(path, ""));
    const put = store.put(REF, bytes("body"));
    await expect(put).rejects.toMatchObject({ code: "denied", undecided: false });
    await expect(put).rejects.toThrow(`${folder} exists, but does not lead to a folder`);
  });

  it("may not be a link that leads nowhere", async () => {
    const link = join(await temporaryFolder(), "link");
    await symlink("nowhere", link);
    const store = storeOn(openFolder({ folder: link, ...OPTIONS }));
    await expect(store.put(REF, bytes("body"))).rejects.toThrow(
      `${link} exists, but does not lead to a folder`,
    );
  });

  it("is denied with the system's reason", async () => {
    const { store } = await making("x", () => {
      throw Object.assign(new Error("no"), { code: "EACCES" });
    });
    await expect(store.put(REF, bytes("body"))).rejects.toMatchObject({ code: "denied" });
  });
});

describe("the store's own folder", () => {
  it("may not be a file", async () => {
    const { folder, store } = await temporaryStore();
    await writeFile(join(folder, ".keywhen"), "");
    const put = store.put(REF, bytes("body"));
    await expect(put).rejects.toMatchObject({ code: "denied", undecided: false });
    await expect(put).rejects.toThrow(`${folder}/.keywhen is a link or a file, not a folder`);
    expect(await readdir(join(folder, "in"))).toEqual([]);
  });
});
