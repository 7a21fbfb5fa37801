import { rmSync } from "node:fs";
import { mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { temporaryFolder } from "../fixtures/temporary-store.js";
import { watchCalls } from "../fixtures/watch-calls.js";
import { FolderNames } from "./folder-names.js";
import { blockingCalls } from "./system-calls.js";
import { Turns } from "./turns.js";

const LONG_AGO_SECONDS = 1_700_000_000.123_456;

describe("FolderNames", () => {
  let reads: number;
  const calls = watchCalls(blockingCalls, (name) => {
    if (name === "readdir") reads += 1;
  });
  const read = async (names: FolderNames, path: string, from = "") =>
    (await new Turns().run(names.read(path, from))).names;

  beforeEach(() => {
    reads = 0;
  });

  async function folderOf(...files: readonly string[]): Promise<string> {
    const folder = join(await temporaryFolder(), "folder");
    await mkdir(folder);
    for (const file of files) await writeFile(join(folder, file), "");
    await utimes(folder, LONG_AGO_SECONDS, LONG_AGO_SECONDS);
    return folder;
  }

  it("reads an unchanged folder once, and a changed one again", async () => {
    const folder = await folderOf("b", "a");
    const names = new FolderNames(calls, { isLocal: true });
    expect(await read(names, folder)).toEqual(["a", "b"]);
    expect(await read(names, folder)).toEqual(["a", "b"]);
    expect(reads).toBe(1);
    await writeFile(join(folder, "c"), "");
    expect(await read(names, folder)).toEqual(["a", "b", "c"]);
    await rm(join(folder, "b"));
    await mkdir(join(folder, "aa"));
    expect(await read(names, folder)).toEqual(["a", "aa/", "c"]);
  });

  it("reads a folder again while a later change could have the same time", async () => {
    const folder = await folderOf("a");
    const names = new FolderNames(calls, { isLocal: true });
    vi.useFakeTimers({ toFake: ["Date"] }); // the test may take long
    onTestFinished(() => void vi.useRealTimers());
    const nowSeconds = Date.now() / 1_000;
    await utimes(folder, nowSeconds, nowSeconds);
    await read(names, folder);
    await read(names, folder);
    expect(reads).toBe(2);
    const wholeSeconds = Math.floor(nowSeconds);
    await utimes(folder, wholeSeconds, wholeSeconds);
    await read(names, folder);
    await read(names, folder);
    expect(reads).toBe(4);
  });

  it("has no names in a folder that is missing, or removed before it is read", async () => {
    const folder = await folderOf("a");
    const removing = watchCalls(blockingCalls, (name) => {
      if (name === "readdir") rmSync(folder, { recursive: true });
    });
    const names = new FolderNames(removing, { isLocal: true });
    expect(await read(names, folder)).toEqual([]);
    expect(await read(names, folder)).toEqual([]);
  });

  it("keeps the names of the folders read last, within what memory they may take", async () => {
    const [first, second] = [await folderOf("a", "b", "c"), await folderOf("d", "e", "f")];
    const names = new FolderNames(calls, { isLocal: true, mostKept: 10 });
    for (const folder of [first, second, second]) await read(names, folder);
    expect(reads).toBe(2);
    await read(names, first);
    expect(reads).toBe(3);
  });

  it("reads a network folder each time", async () => {
    const folder = await folderOf("a");
    const names = new FolderNames(calls, { isLocal: false });
    await read(names, folder);
    await read(names, folder);
    expect(reads).toBe(2);
  });

  it("keeps a part of a large folder, and reads it again for another part", async () => {
    const folder = await folderOf("a", "b", "c", "d", "e");
    const names = new FolderNames(calls, { isLocal: true, mostOfFolder: 3 });
    expect(await read(names, folder)).toEqual(["a", "b", "c"]);
    expect(await read(names, folder, "b")).toEqual(["a", "b", "c"]);
    expect(reads).toBe(1);
    expect(await read(names, folder, "d")).toEqual(["d", "e"]);
    expect(reads).toBe(2);
  });
});
