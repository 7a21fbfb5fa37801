import { join } from "node:path";
import type { CheckedCalls } from "./checked-calls.js";
import { succeeds } from "./errno.js";
import { liveHolder } from "./lock-holder.js";
import { hashesIn, lockPrefix } from "./lock-names.js";
import type { Owner } from "./owner.js";
import type { Steps } from "./steps.js";
import type { Workplace } from "./workplace.js";

/** The live process that has claimed the same object, and the lock that says so. */
export interface Blocker {
  readonly holder: Owner;
  readonly lock: string;
}

/** The locks that a process has claimed together. */
export interface LockClaim {
  /** By the hash of an object that another process has claimed as well, so that it isn't locked. */
  readonly blockers: ReadonlyMap<string, Blocker>;
  /** Every call that has asked for the claim releases it once. The last one removes it. */
  release(): Steps<void>;
}

/**
 * Claims objects for this process, and then looks for other processes that have claimed one of them. Of two processes that claim the same
 * object, the later one sees the claim of the earlier one, or both see each other; so at most one of them locks the object.
 */
export function* claimLocks(
  disk: CheckedCalls,
  workplace: Workplace,
  names: readonly string[],
  hashes: ReadonlySet<string>,
): Steps<ReadonlyMap<string, Blocker>> {
  const paths = names.map((name) => join(workplace.locks, name));
  try {
    if (!(yield* succeeds(linkAll(disk, workplace, paths), "ENOENT"))) {
      yield* workplace.restore();
      yield* linkAll(disk, workplace, paths);
    }
    return yield* findBlockers(disk, workplace, hashes);
  } catch (error) {
    yield* freeLocks(disk, workplace, names);
    throw error;
  }
}

export function* freeLocks(
  disk: CheckedCalls,
  { locks }: Workplace,
  names: readonly string[],
): Steps<void> {
  for (const name of names) yield* disk.removeFile(join(locks, name));
}

function* linkAll(
  disk: CheckedCalls,
  { ownerFile }: Workplace,
  paths: readonly string[],
): Steps<void> {
  for (const path of paths) yield* succeeds(disk.link(ownerFile, path), "EEXIST");
}

function* findBlockers(
  disk: CheckedCalls,
  workplace: Workplace,
  hashes: ReadonlySet<string>,
): Steps<ReadonlyMap<string, Blocker>> {
  const { locks, self } = workplace;
  const own = lockPrefix(self.id);
  const blockers = new Map<string, Blocker>();
  const entries = yield* disk.folders.use(locks, "", (path) => disk.calls.readdir(path, 0n));
  for (const { name } of entries) {
    if (name.startsWith(own)) continue;
    const shared = hashesIn(name, hashes);
    if (shared.length === 0) continue;
    const lock = join(locks, name);
    const holder = yield* liveHolder(disk, workplace, lock);
    if (holder !== undefined) for (const hash of shared) blockers.set(hash, { holder, lock });
  }
  return blockers;
}
