import { mkdir, readdir, readFile, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ifThere, unless } from "./errno.js";
import { refuseLinks } from "./links.js";
import { describeSelf, hasEnded, type Owner, parseOwner, printOwner } from "./owner.js";
import { CONTROL_FOLDER } from "./place.js";

/** Silence after which the leftovers of a process on another machine are cleared away. */
const FOREIGN_SILENCE_MS = 24 * 60 * 60 * 1000;

/** One process's own folder for what it is about to put in place, and its mark on locks. */
export interface Workplace {
  readonly self: Owner;
  /** Says who we are; a lock is a hard link to it. */
  readonly ownerFile: string;
  /** A path for a temporary file that nobody else uses. */
  temporary(): string;
  /** Makes the folders again after somebody deleted them. */
  restore(): Promise<void>;
}

/** Sets up a workplace and clears away those of processes that have ended. */
export async function openWorkplace(root: string): Promise<Workplace> {
  const self = await describeSelf();
  const control = join(root, CONTROL_FOLDER);
  const meta = join(control, "meta");
  const locks = join(control, "locks");
  const folder = join(control, "work", self.id);
  const ownerFile = join(folder, "owner");
  const restore = async () => {
    for (const path of [locks, meta, folder]) await mkdir(path, { recursive: true });
    await unless(writeFile(ownerFile, printOwner(self), { flag: "wx" }), "EEXIST");
  };
  await restore();
  for (const path of [locks, meta, folder]) await refuseLinks(path);
  await clearEnded(join(control, "work"), self);
  let count = 0;
  return { self, ownerFile, temporary: () => join(folder, `${++count}`), restore };
}

async function clearEnded(work: string, self: Owner): Promise<void> {
  for (const id of await readdir(work)) {
    const folder = join(work, id);
    const text = await ifThere(readFile(join(folder, "owner"), "utf8"));
    const owner = text === undefined ? undefined : parseOwner(text);
    // A folder without an owner is being set up or was left by a crash in that moment: empty, at most.
    if (owner === undefined) await unless(rmdir(folder), "ENOTEMPTY", "ENOENT", "ENOTDIR");
    else if (await isOver(owner, self, folder)) {
      await unless(rm(folder, { recursive: true, force: true }), "ENOTEMPTY", "ENOENT");
    }
  }
}

async function isOver(owner: Owner, self: Owner, folder: string): Promise<boolean> {
  const stats = await ifThere(stat(join(folder, "owner")));
  const silentMs = stats === undefined ? 0 : Date.now() - stats.ctimeMs;
  return hasEnded(owner, self, silentMs, FOREIGN_SILENCE_MS);
}
