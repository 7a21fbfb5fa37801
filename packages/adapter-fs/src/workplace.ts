import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { removeFlatFolder, writeNew } from "./checked-folder.js";
import { ifThere, unless } from "./errno.js";
import { makeFoldersInside } from "./make-folders.js";
import { describeSelf, hasEnded, type Owner, parseOwner, printOwner } from "./owner.js";
import { CONTROL_FOLDER } from "./place.js";

/** Silence after which the leftovers of a process on another machine are cleared away. */
const FOREIGN_SILENCE_MS = 24 * 60 * 60 * 1000;

/** One process's own folder for what it is about to put in place, and its mark on locks. */
export interface Workplace {
  readonly self: Owner;
  /** Describes this process; a lock is a hard link to this file. */
  readonly ownerFile: string;
  /** A unique path for a temporary file. */
  temporary(): string;
  /** Makes the folders again after they were deleted. */
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
    for (const path of [locks, meta, folder]) await makeFoldersInside(root, path);
    await unless(writeNew(ownerFile, printOwner(self)), "EEXIST");
  };
  try {
    await restore();
  } catch (error) {
    // On a full disk the folder would have no owner file, so it is removed.
    await removeFlatFolder(folder);
    throw error;
  }
  await clearEnded(join(control, "work"), self);
  let count = 0;
  return { self, ownerFile, temporary: () => join(folder, `${++count}`), restore };
}

async function clearEnded(work: string, self: Owner): Promise<void> {
  for (const id of await readdir(work)) {
    const folder = join(work, id);
    if (!(await isOver(folder, self))) continue;
    // Another process may be clearing it as well.
    await unless(removeFlatFolder(folder), "ENOTEMPTY", "EISDIR", "EPERM");
  }
}

/** A workplace without an owner file is being set up. It counts as that of an unknown machine. */
async function isOver(folder: string, self: Owner): Promise<boolean> {
  const file = join(folder, "owner");
  const stats = (await ifThere(stat(file))) ?? (await ifThere(stat(folder)));
  if (stats === undefined) return false;
  const owner = parseOwner((await ifThere(readFile(file, "utf8"))) ?? "");
  return hasEnded(owner, self, Date.now() - stats.ctimeMs, FOREIGN_SILENCE_MS);
}
