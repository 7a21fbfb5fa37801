import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { interruptedStore } from "../fixtures/interrupted-store.js";
import { ENDED } from "../fixtures/locked-by.js";
import { bytes, type TemporaryStore, temporaryStore } from "../fixtures/temporary-store.js";
import { describeSelf, type Owner, printOwner } from "./owner.js";

const REF = { bucket: "in", key: "a" };
const HOUR_MS = 3_600_000;

/** The workplace of another process, with a body that is half-written. */
function workplaceOf(folder: string, name: string, owner?: Partial<Owner>): string {
  const path = join(folder, ".keywhen/work", name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "1"), "half");
  if (owner !== undefined) {
    writeFileSync(join(path, "owner"), printOwner({ ...describeSelf(), ...owner }));
  }
  return path;
}

/** The names in the folder of workplaces after the store has made its own one. */
async function workAfterPut({ folder, store }: Pick<TemporaryStore, "folder" | "store">) {
  await store.put(REF, bytes("body"));
  const names = await readdir(join(folder, ".keywhen/work"));
  return names.filter((name) => !/^[\da-f]{18}$/.test(name));
}

/** A store that sees every file as last changed so long ago. */
const storeLater = (ms: number) =>
  temporaryStore((calls) => ({
    ...calls,
    *stat(path) {
      const stats = yield* calls.stat(path);
      return stats && Object.assign(stats, { ctimeMs: stats.ctimeMs - BigInt(ms) });
    },
  }));

describe("the workplaces of other processes", () => {
  it.each([
    ["kept for a day", 23, ["foreign", "stray", "unowned"]],
    ["cleared away after a day", 25, []],
  ])("are %s if they give no sign of life", async (_, hours, kept) => {
    const opened = await storeLater(hours * HOUR_MS);
    workplaceOf(opened.folder, "foreign", { machine: "other" });
    workplaceOf(opened.folder, "unowned");
    writeFileSync(join(opened.folder, ".keywhen/work/stray"), "");
    expect(await workAfterPut(opened)).toEqual(kept);
  });

  it("are cleared away once their process has ended", async () => {
    const opened = await temporaryStore();
    workplaceOf(opened.folder, "ended", ENDED);
    workplaceOf(opened.folder, "alive", {});
    expect(await workAfterPut(opened)).toEqual(["alive"]);
  });

  it.each(["stat", "readText", "readdir"] as const)(
    "may be cleared away by another process at the same time: before %s",
    async (name) => {
      const opened = await interruptedStore();
      const path = workplaceOf(opened.folder, "ended", ENDED);
      opened.before(name, /\/work\/ended/, () => rmSync(path, { recursive: true }));
      expect(await workAfterPut(opened)).toEqual([]);
    },
  );
});
