import { join } from "node:path";
import type { CheckedCalls } from "./checked-calls.js";
import { ifThere, succeeds, unless } from "./errno.js";
import { lockPrefix } from "./lock-names.js";
import { makeFoldersInside } from "./make-folders.js";
import { describeSelf, hasEnded, type Owner, parseOwner, printOwner } from "./owner.js";
import { CONTROL_FOLDER } from "./place.js";
import type { Steps } from "./steps.js";

/** Silence after which the leftovers of a process on another machine are cleared away. */
const FOREIGN_SILENCE_MS = 24 * 60 * 60 * 1000;

/** One process's own folder for what it is about to put in place, and its mark on locks. */
export interface Workplace {
  readonly self: Owner;
  /** Describes this process; a lock is a hard link to this file. */
  readonly ownerFile: string;
  /** The folder of all locks. */
  readonly locks: string;
  /** A unique path for a temporary file. */
  temporary(): string;
  /** Makes the folders again after they were deleted. */
  restore(): Steps<void>;
}

/** Sets up a workplace and clears away those of processes that have ended. */
export function* openWorkplace(disk: CheckedCalls, root: string): Steps<Workplace> {
  const self = describeSelf();
  const control = join(root, CONTROL_FOLDER);
  const meta = join(control, "meta");
  const locks = join(control, "locks");
  const folder = join(control, "work", self.id);
  const ownerFile = join(folder, "owner");
  const restore = function* (): Steps<void> {
    for (const path of [locks, meta, folder]) yield* makeFoldersInside(disk, root, path);
    yield* succeeds(disk.writeNew(ownerFile, printOwner(self)), "EEXIST");
  };
  try {
    yield* restore();
  } catch (error) {
    // On a full disk the folder would have no owner file, so it is removed.
    yield* disk.removeFlatFolder(folder);
    throw error;
  }
  yield* clearEnded(disk, join(control, "work"), locks, self);
  let count = 0;
  return { self, ownerFile, locks, temporary: () => join(folder, `${++count}`), restore };
}

function* clearEnded(disk: CheckedCalls, work: string, locks: string, self: Owner): Steps<void> {
  const held = yield* disk.namesIn(locks);
  for (const id of yield* disk.namesIn(work)) {
    const folder = join(work, id);
    if (!(yield* isOver(disk, folder, self))) continue;
    const left = held.filter((name) => name.startsWith(lockPrefix(id)));
    for (const name of left) yield* disk.removeFile(join(locks, name));
    // Another process may be clearing it as well.
    yield* unless(disk.removeFlatFolder(folder), "ENOTEMPTY", "EISDIR", "EPERM");
  }
}

/** A workplace without an owner file is being set up. It counts as that of an unknown machine. */
function* isOver({ calls }: CheckedCalls, folder: string, self: Owner): Steps<boolean> {
  const file = join(folder, "owner");
  const stats = (yield* calls.stat(file)) ?? (yield* calls.stat(folder));
  if (stats === undefined) return false;
  const owner = parseOwner((yield* ifThere(calls.readText(file))) ?? "");
  return hasEnded(owner, self, Date.now() - Number(stats.ctimeMs), FOREIGN_SILENCE_MS);
}
