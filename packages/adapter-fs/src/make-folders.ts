import { dirname, join, relative, sep } from "node:path";
import type { CheckedCalls } from "./checked-calls.js";
import { hasErrno, succeeds, unless } from "./errno.js";
import { syncFolder } from "./folder-syncs.js";
import { type Steps, waitFor } from "./steps.js";
import { fault } from "./store-errors.js";
import type { SystemCalls } from "./system-calls.js";

/** How often folders are made again, in case another process has removed them. */
const MOST_ATTEMPTS = 100;

/**
 * Makes a folder and those above it that are missing; links above it are followed. Not by Node's own recursive
 * `mkdir`: that reports ENOENT for a read-only or full disk, and never ends where a file system answers ENOENT
 * although the folder above is there (`/proc`).
 */
export function* makeFolders(calls: SystemCalls, path: string): Steps<void> {
  for (let attempt = 1; ; attempt++) {
    const missing = yield* missingFolders(calls, path);
    try {
      for (const each of missing) yield* makeFolderAbove(calls, each);
      return;
    } catch (error) {
      if (!hasErrno(error, "ENOENT")) throw error;
      if (attempt === MOST_ATTEMPTS) throw unmakeable(path, error);
    }
  }
}

/** Makes `path` and the missing folders between `root` and it. Follows no link. */
export function* makeFoldersInside(disk: CheckedCalls, root: string, path: string): Steps<void> {
  const names = relative(root, path).split(sep);
  for (const depth of names.keys()) {
    const each = join(root, ...names.slice(0, depth + 1));
    if (yield* disk.folders.exists(each)) continue;
    if (!(yield* makeFolder(disk, each)))
      throw fault("denied", `${each} is a link or a file, not a folder: remove it`);
  }
}

function* makeFolderAbove(calls: SystemCalls, path: string): Steps<void> {
  try {
    yield* calls.mkdir(path);
  } catch (error) {
    if (!hasErrno(error, "EEXIST")) throw error;
    const stats = yield* calls.stat(path);
    if (!stats?.isDirectory())
      throw fault(
        "denied",
        `${path} exists, but does not lead to a folder: remove it, or choose another folder`,
      );
    return;
  }
  // A folder that may not be read can't be synced.
  yield* unless(syncFolder(calls, dirname(path)), "EACCES", "EPERM");
}

/** Makes one folder, which is on the disk when this ends. Returns false if a file or a link has its name. */
export function* makeFolder(disk: CheckedCalls, path: string): Steps<boolean> {
  for (;;) {
    if (yield* succeeds(disk.mkdir(path), "EEXIST")) {
      yield* waitFor(disk.syncs.sync(dirname(path)));
      return true;
    }
    const stats = yield* disk.calls.lstat(path);
    if (stats !== undefined) return stats.isDirectory(); // Otherwise another process has just removed it.
  }
}

/** Returns the file that has the path of a needed folder; `undefined` if no file has. */
export function* fileInTheWay(calls: SystemCalls, path: string): Steps<string | undefined> {
  for (let at = path; at !== dirname(at); at = dirname(at)) {
    const stats = yield* calls.stat(at);
    if (stats !== undefined) return stats.isDirectory() ? undefined : at;
  }
  return undefined;
}

/** The folders that a path lacks, outermost first. */
function* missingFolders(calls: SystemCalls, path: string): Steps<readonly string[]> {
  const missing: string[] = [];
  for (let at = path; at !== dirname(at); at = dirname(at)) {
    const stats = yield* calls.stat(at);
    if (stats?.isDirectory()) break;
    if (stats !== undefined) throw fault("denied", `${at} is a file, not a folder`);
    missing.unshift(at);
  }
  return missing;
}

function unmakeable(path: string, cause: unknown): Error {
  const message = `the file system allows no folder ${path} to be created (ENOENT): choose another folder`;
  return fault("denied", message, { cause });
}
