import { readFile, stat } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { linkChecked, removeFile, unlinkChecked } from "./checked-folder.js";
import { hasErrno, ifThere } from "./errno.js";
import { fileTimeMs } from "./file-clock.js";
import { hasEnded, type Owner, parseOwner } from "./owner.js";
import { fault, throwIfAborted } from "./store-errors.js";
import type { Workplace } from "./workplace.js";

/**
 * Locks between processes, held for the few system calls that put an object in place or take it away.
 *
 * A lock is a hard link to its holder's owner file: it is made in one step, complete from the start, and names its holder.
 * The lock of a process that has ended is broken. A live process keeps its lock, even if it is slow or frozen, so there are
 * never two holders.
 */

/** How long a call waits for a lock before it gives up. */
const PATIENCE_MS = 10_000;
/** Silence after which a lock's holder on another machine counts as ended. */
const FOREIGN_SILENCE_MS = 30_000;
const LONGEST_PAUSE_MS = 20;

/** Runs `work` while holding all of these locks. Calls may ask for the same locks in any order. */
export async function withLocks<T>(
  workplace: Workplace,
  locks: readonly string[],
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const [first, ...rest] = [...new Set(locks)].sort();
  if (first === undefined) return work();
  await acquire(workplace, first, signal);
  try {
    return await withLocks(workplace, rest, signal, work);
  } finally {
    await removeFile(first);
  }
}

async function acquire(
  workplace: Workplace,
  lock: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const start = performance.now();
  for (let attempt = 0; !(await take(workplace, lock)); attempt++) {
    throwIfAborted(signal);
    if (await breakIfEnded(workplace, lock, signal)) continue;
    if (performance.now() - start > PATIENCE_MS) throw await stuck(lock);
    await delay(Math.min(2 ** attempt, LONGEST_PAUSE_MS) * Math.random());
  }
}

async function take(workplace: Workplace, lock: string): Promise<boolean> {
  try {
    await linkChecked(workplace.ownerFile, lock);
    return true;
  } catch (error) {
    if (hasErrno(error, "EEXIST")) return false;
    if (!hasErrno(error, "ENOENT")) throw error;
    await workplace.restore();
    return false;
  }
}

/**
 * Frees a lock whose holder has ended. To do so, a call must hold the lock *on breaking that holder's lock*. Otherwise a slow
 * call could remove the lock that a third call has taken after a faster one freed it.
 */
async function breakIfEnded(
  workplace: Workplace,
  lock: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const holder = await readHolder(lock);
  if (holder === undefined) return true;
  if (!(await isOver(holder, workplace, lock))) return false;
  await withLocks(workplace, [`${lock}.${holder.id}`], signal, async () => {
    const still = await readHolder(lock);
    if (still?.id === holder.id) await unlinkChecked(lock);
  });
  return true;
}

async function readHolder(lock: string): Promise<Owner | undefined> {
  const text = await ifThere(readFile(lock, "utf8"));
  return text === undefined ? undefined : parseOwner(text);
}

async function isOver(holder: Owner, workplace: Workplace, lock: string): Promise<boolean> {
  const { self } = workplace;
  // Each lock taken or freed changes the link count of the holder's file, and so its ctime.
  const stats = await ifThere(stat(lock));
  const isForeign = holder.machine !== self.machine; // and this machine's clock may be another one than its own
  const nowMs = isForeign ? await fileTimeMs(workplace.temporary()) : Date.now();
  const silentMs = stats === undefined ? 0 : nowMs - stats.ctimeMs;
  return hasEnded(holder, self, silentMs, FOREIGN_SILENCE_MS);
}

async function stuck(lock: string): Promise<Error> {
  const holder = await readHolder(lock);
  const who = holder === undefined ? "other writers" : `process ${holder.pid} (${holder.machine})`;
  return fault("throttled", `waited ${PATIENCE_MS / 1000} s for ${who}; its lock is ${lock}`);
}
