import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LINUX, skipUnless } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { storeProcess } from "../fixtures/store-process.js";
import { bytes, temporaryFolder, temporaryStore, textAt } from "../fixtures/temporary-store.js";
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
