import { constants } from "node:fs";
import { clearInterval, setInterval } from "node:timers";
import { hasErrno, ifThere } from "./errno.js";
import { Ended, type Steps, YES } from "./steps.js";
import { fault } from "./store-errors.js";
import { descriptorPath, type SystemCalls } from "./system-calls.js";
import type { Turns } from "./turns.js";

/** Opens a folder that may be searched but not read. Node has no constant for it. Linux only. */
const O_PATH = 0o10000000;
/** How long a folder stays open. */
const LASTS_MS = 1_000;
/** How many folders are open at the same time, besides those in use. */
const MOST_OPEN = 100;
/** No turn has this number. */
const NEVER = -1;

interface OpenFolder {
  readonly path: string;
  /** `undefined` if the system doesn't report the path of an open folder. */
  readonly fd: number | undefined;
  /** Leads to exactly this folder. */
  readonly base: string;
  readonly openedMs: number;
  checkedInTurn: number;
  usedMs: number;
  users: number;
  isReplaced: boolean;
  isClosed: boolean;
}

/**
 * The folders that calls work in, each reached without a link. A folder is opened once and checked in each turn: its descriptor
 * must still have its path. Calls reach it by the descriptor, so that a link that is put in its place in the meantime leads
 * nowhere. Only Linux can do that; other systems use the paths unchanged.
 */
export class OpenFolders {
  readonly #calls: SystemCalls;
  readonly #turns: Turns;
  readonly #open = new Map<string, OpenFolder>();
  #timer: NodeJS.Timeout | undefined;

  constructor(calls: SystemCalls, turns: Turns) {
    this.#calls = calls;
    this.#turns = turns;
  }

  /**
   * Does something with what has this name (with a separator before it) in a folder, by a path that leads to exactly this folder.
   * Throws `denied` if a link leads to it.
   */
  use<T>(path: string, name: string, act: (path: string) => Steps<T>): Steps<T> {
    const known = this.#open.get(path);
    if (known?.checkedInTurn !== this.#turns.number) return this.#check(path, name, act);
    const steps = act(known.base + name);
    return steps instanceof Ended ? steps : this.#whileUsed(known, steps);
  }

  *#check<T>(path: string, name: string, act: (path: string) => Steps<T>): Steps<T> {
    const folder = yield* this.#checked(path);
    return yield* this.#whileUsed(folder, act(folder.base + name));
  }

  *#whileUsed<T>(folder: OpenFolder, steps: Steps<T>): Steps<T> {
    const { path } = folder;
    folder.users += 1;
    try {
      return yield* steps;
    } catch (error) {
      // Another process may have removed or replaced the folder in this turn.
      if (hasErrno(error, "ENOENT", "ENOTDIR")) folder.checkedInTurn = NEVER;
      throw folder.base === path ? error : withPath(error, folder.base, path);
    } finally {
      folder.users -= 1;
      if (folder.isReplaced) yield* this.#closeIfUnused(folder);
    }
  }

  /** Makes the next call look at a folder again, although it was checked in this turn. */
  recheck(path: string): void {
    const known = this.#open.get(path);
    if (known !== undefined) known.checkedInTurn = NEVER;
  }

  /** Whether a folder exists; throws `denied` if a link leads to it. */
  exists(path: string): Steps<boolean> {
    const known = this.#open.get(path);
    return known?.checkedInTurn === this.#turns.number ? YES : this.#exists(path);
  }

  *#exists(path: string): Steps<boolean> {
    return (yield* ifThere(this.#checked(path))) !== undefined;
  }

  *#checked(path: string): Steps<OpenFolder> {
    const known = this.#open.get(path);
    const turn = this.#turns.number;
    if (known?.checkedInTurn === turn) return known;
    const nowMs = performance.now();
    if (known !== undefined) {
      if (nowMs - known.openedMs < LASTS_MS && this.#isStillThere(known)) {
        known.checkedInTurn = turn;
        known.usedMs = nowMs;
        this.#open.delete(path);
        this.#open.set(path, known); // the last ones are those used last
        return known;
      }
      yield* this.#forget(known);
    }
    const folder = yield* this.#openFolder(path, nowMs);
    folder.checkedInTurn = turn;
    const other = this.#open.get(path); // another call may have opened it at the same time
    if (other !== undefined) yield* this.#forget(other);
    this.#open.set(path, folder);
    yield* this.#closeOldest();
    this.#timer ??= setInterval(() => this.#closeUnused(), LASTS_MS).unref();
    return folder;
  }

  *#openFolder(path: string, nowMs: number): Steps<OpenFolder> {
    const fd = process.platform === "linux" ? yield* this.#openByPath(path) : undefined;
    if (fd === undefined) yield* refuseLinks(this.#calls, path);
    return {
      path,
      fd,
      base: fd === undefined ? path : descriptorPath(fd),
      openedMs: nowMs,
      checkedInTurn: NEVER,
      usedMs: nowMs,
      users: 0,
      isReplaced: false,
      isClosed: false,
    };
  }

  /** `undefined` if the system doesn't report the path of an open folder. */
  *#openByPath(path: string): Steps<number | undefined> {
    const fd = yield* openSearchable(this.#calls, path);
    let real: string | undefined;
    try {
      real = pathOf(this.#calls, fd);
      if (real === path) return fd;
    } finally {
      if (real !== path) yield* this.#calls.close(fd);
    }
    if (real === undefined) return undefined;
    yield* refuseLinks(this.#calls, path); // also reports a folder that has gone in the meantime
    throw leadsElsewhere(path, real);
  }

  #isStillThere({ fd, path }: OpenFolder): boolean {
    return fd !== undefined && pathOf(this.#calls, fd) === path;
  }

  /** Lets no further call use it, and closes it when none uses it any more. */
  *#forget(folder: OpenFolder): Steps<void> {
    if (this.#open.get(folder.path) === folder) this.#open.delete(folder.path);
    folder.isReplaced = true;
    yield* this.#closeIfUnused(folder);
  }

  *#closeIfUnused(folder: OpenFolder): Steps<void> {
    if (folder.fd === undefined || folder.users > 0 || folder.isClosed) return;
    folder.isClosed = true; // its number may be that of another file soon
    yield* this.#calls.close(folder.fd);
  }

  *#closeOldest(): Steps<void> {
    for (const folder of this.#open.values()) {
      if (this.#open.size <= MOST_OPEN) return;
      if (folder.users === 0) yield* this.#forget(folder);
    }
  }

  #closeUnused(): void {
    const sinceMs = performance.now() - LASTS_MS;
    for (const folder of this.#open.values()) {
      if (folder.usedMs < sinceMs && folder.users === 0)
        void this.#turns.run(this.#forget(folder)).catch(() => {});
    }
    if (this.#open.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function* openSearchable(calls: SystemCalls, folder: string): Steps<number> {
  const { O_DIRECTORY, O_NOFOLLOW } = constants;
  try {
    return yield* calls.open(folder, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  } catch (error) {
    // The system reports a link like a missing folder, so this checks for a link.
    if (hasErrno(error, "ENOTDIR", "ELOOP")) yield* ifThere(refuseLinks(calls, folder));
    throw error;
  }
}

/** The current path of an open file or folder; `undefined` if the system doesn't report it (only Linux does). */
export function pathOf(calls: SystemCalls, fd: number): string | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    return calls.pathOf(fd);
  } catch (error) {
    if (hasErrno(error, "ENOENT", "EACCES", "EPERM")) return undefined;
    throw error;
  }
}

/**
 * Throws `denied` if the path to a folder leads over a symbolic link anywhere below the store's root, so that nothing outside
 * of it is read, written or deleted. `folder` must begin with the root's real path. A missing folder is an ENOENT of the
 * system, a file in its place an ENOTDIR.
 */
export function* refuseLinks(calls: SystemCalls, folder: string): Steps<void> {
  const real = yield* calls.realpath(`${folder}/.`);
  if (real !== folder) throw leadsElsewhere(folder, real);
}

/** The error of a call whose path leads to another one. */
export function leadsElsewhere(path: string, real: string): Error {
  const message = `${path} leads to ${real} over a symbolic link, which is not followed: use a path without links`;
  return fault("denied", message);
}

/** Puts the path that the caller knows into the error of a system call. */
function withPath(error: unknown, base: string, folder: string): unknown {
  const fields = Object(error);
  for (const name of ["path", "dest", "message"] as const) {
    const text: unknown = fields[name];
    if (typeof text === "string") fields[name] = text.replaceAll(`${base}/`, `${folder}/`);
  }
  return error;
}
