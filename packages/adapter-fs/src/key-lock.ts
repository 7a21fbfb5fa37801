import { setTimeout as delay } from "node:timers/promises";
import type { CheckedCalls } from "./checked-calls.js";
import { hasErrno, ifThere } from "./errno.js";
import { fileTimeMs } from "./file-clock.js";
import { hasEnded, type Owner, parseOwner } from "./owner.js";
import { type Steps, waitFor } from "./steps.js";
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

/** What a call needs to take a lock. */
export interface LockContext {
  readonly disk: CheckedCalls;
  readonly workplace: Workplace;
  readonly signal?: AbortSignal | undefined;
}

/** Runs `work` while holding one or two locks, each of another object. Calls may ask for the same locks in any order. */
export function* withLocks<T>(
  context: LockContext,
  locks: readonly [string, string?],
  work: () => Steps<T>,
): Steps<T> {
  const [one, other] = locks;
  if (other === undefined) return yield* withLock(context, one, work);
  const [first, second] = one < other ? [one, other] : [other, one];
  return yield* withLock(context, first, () => withLock(context, second, work));
}

function* withLock<T>(context: LockContext, lock: string, work: () => Steps<T>): Steps<T> {
  if (!(yield* take(context, lock))) yield* wait(context, lock);
  try {
    return yield* work();
  } finally {
    yield* context.disk.removeFile(lock);
  }
}

/** Takes a lock as soon as its holder frees it, or has ended. */
function* wait(context: LockContext, lock: string): Steps<void> {
  const start = performance.now();
  for (let attempt = 0; !(yield* take(context, lock)); attempt++) {
    throwIfAborted(context.signal);
    const holder = yield* readHolder(context.disk, lock);
    if (holder === undefined) continue;
    if (yield* isOver(holder, context, lock)) {
      yield* breakLock(context, lock, holder);
      continue;
    }
    if (performance.now() - start > PATIENCE_MS) throw stuck(holder, lock);
    yield* waitFor(delay(Math.min(2 ** attempt, LONGEST_PAUSE_MS) * Math.random()));
  }
}

function* take({ disk, workplace }: LockContext, lock: string): Steps<boolean> {
  try {
    yield* disk.link(workplace.ownerFile, lock);
    return true;
  } catch (error) {
    if (hasErrno(error, "EEXIST")) return false;
    if (!hasErrno(error, "ENOENT")) throw error;
    yield* workplace.restore();
    return false;
  }
}

/**
 * Frees a lock whose holder has ended. To do so, a call must hold the lock *on breaking that holder's lock*. Otherwise a slow
 * call could remove the lock that a third call has taken after a faster one freed it.
 */
function breakLock(context: LockContext, lock: string, holder: Owner): Steps<void> {
  const { disk } = context;
  return withLocks(context, [`${lock}.${holder.id}`], function* () {
    const still = yield* readHolder(disk, lock);
    if (still?.id === holder.id) yield* disk.unlink(lock);
  });
}

function* readHolder({ calls }: CheckedCalls, lock: string): Steps<Owner | undefined> {
  const text = yield* ifThere(calls.readText(lock));
  return text === undefined ? undefined : parseOwner(text);
}

function* isOver(holder: Owner, { disk, workplace }: LockContext, lock: string): Steps<boolean> {
  const { self } = workplace;
  // Each lock taken or freed changes the link count of the holder's file, and so its ctime.
  const stats = yield* disk.calls.stat(lock);
  const isForeign = holder.machine !== self.machine; // and this machine's clock may be another one than its own
  const nowMs = isForeign ? yield* fileTimeMs(disk, workplace.temporary()) : Date.now();
  const silentMs = stats === undefined ? 0 : nowMs - Number(stats.ctimeMs);
  return hasEnded(holder, self, silentMs, FOREIGN_SILENCE_MS);
}

function stuck({ pid, machine }: Owner, lock: string): Error {
  const waited = `waited ${PATIENCE_MS / 1000} s for process ${pid} (${machine})`;
  return fault("throttled", `${waited}, which holds ${lock}: try again, or end that process`);
}
