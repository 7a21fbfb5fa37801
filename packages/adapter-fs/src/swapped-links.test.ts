import { readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LINUX, skipUnless } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { storeProcess } from "../fixtures/store-process.js";
import {
  bytes,
  type TemporaryStore,
  temporaryFolder,
  temporaryStore,
  textAt,
} from "../fixtures/temporary-store.js";
import { openFile } from "./open-file.js";

const SOURCE = { bucket: "in", key: "a/source" };
const TARGET = { bucket: "out", key: "target" };
const SECRET = "a secret";

/** A store with an object that is as long as a secret outside of it. */
async function withSecret() {
  const opened = await temporaryStore();
  const outside = await temporaryFolder();
  await writeFile(join(outside, "source"), SECRET);
  await opened.store.put(SOURCE, bytes("an event"));
  return { ...opened, outside };
}

skipUnless(describe, LINUX)("a folder that is swapped for a link", () => {
  it.each<[string, (store: TemporaryStore["store"]) => Promise<unknown>]>([
    ["a move", (store) => store.move(SOURCE, TARGET)],
    ["a move into it", (store) => store.move({ ...SOURCE, key: "b" }, SOURCE)],
    ["a delete", (store) => store.delete("in", [SOURCE.key])],
    ["a put", (store) => store.put(SOURCE, bytes("new"))],
  ])("never leads %s out of the store", { timeout: 60_000 }, async (_, act) => {
    const { folder, store, outside } = await withSecret();
    const attacker = storeProcess(folder, "swapFolder", `${join(folder, "in/a")}>${outside}`);
    await attacker.said();
    const found = new Set<string>();
    for (let count = 0; count < 100; count++) {
      for (const key of [SOURCE.key, "b"]) {
        await store.put({ bucket: "in", key }, bytes("an event")).catch(() => {});
      }
      await act(store).catch(() => {});
      const names = await readdir(outside);
      const secret = names.includes("source") && (await readFile(join(outside, "source"), "utf8"));
      found.add(`${names}: ${secret}`);
      for (const name of names) await rm(join(outside, name));
      await writeFile(join(outside, "source"), SECRET);
    }
    expect(attacker.child.exitCode).toBeNull();
    await attacker.kill();
    expect([...found]).toEqual([`source: ${SECRET}`]);
  });
});

describe("a symbolic link that is swapped in", () => {
  it.each([
    ["the file", "in/a/source", "source"],
    ["its folder", "in/a", "."],
  ])("for %s during a copy or a read never shows what it leads to", async (_, name, to) => {
    const { folder, store, outside } = await withSecret();
    const paths = `${join(folder, name)}>${join(outside, to)}`;
    const attacker = storeProcess(folder, "swapLink", paths);
    await attacker.said();
    const seen = new Set<string | undefined>();
    for (let count = 0; count < 1000; count++) {
      const copied = await store.copy(SOURCE, TARGET).catch(() => undefined);
      if (copied?.outcome === "copied") seen.add(await textAt(store, TARGET));
      seen.add(await textAt(store, SOURCE).catch(() => undefined));
    }
    await attacker.kill();
    expect(seen).not.toContain(SECRET);
  });

  skipUnless(it, LINUX)("for a folder above is seen once the file is open", async () => {
    const { folder, outside } = await withSecret();
    await symlink(outside, join(folder, "in/linked"));
    await expect(openFile(join(folder, "in/linked/source"))).rejects.toThrow(
      `${join(folder, "in/linked/source")} leads to ${join(outside, "source")}`,
    );
  });
});
