import { lstat, mkdir, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { mkdirChecked } from "./checked-folder.js";
import { hasErrno, ifThere, unless } from "./errno.js";
import { fault } from "./store-errors.js";
import { syncFolder } from "./sync.js";

/** How often folders are made again after another process has removed them. */
const MOST_ATTEMPTS = 100;

/**
 * Makes a folder and those above it that are missing; links above it are followed. Not by Node's own recursive
 * `mkdir`: that reports ENOENT for a read-only or full disk, and never ends where a file system answers ENOENT
 * although the folder above is there (`/proc`).
 */
export async function makeFolders(path: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const missing = await missingFolders(path);
    try {
      for (const each of missing) await makeFolderAbove(each);
      return;
    } catch (error) {
      if (!hasErrno(error, "ENOENT")) throw error;
      if (attempt === MOST_ATTEMPTS || !(await hasVanished(missing))) throw unmakeable(path, error);
    }
  }
}

/** Makes `path` and the missing folders between `root` and it. Follows no link. */
export async function makeFoldersInside(root: string, path: string): Promise<void> {
  const names = relative(root, path).split(sep);
  for (const depth of names.keys()) {
    const each = join(root, ...names.slice(0, depth + 1));
    if (!(await makeFolder(each)))
      throw fault("denied", `${each} is a link or a file, not a folder`);
  }
}

async function makeFolderAbove(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (!hasErrno(error, "EEXIST")) throw error;
    const stats = await ifThere(stat(path));
    if (!stats?.isDirectory())
      throw fault("denied", `${path} exists, but does not lead to a folder`);
    return;
  }
  // A folder that may not be read can't be synced.
  await unless(syncFolder(dirname(path)), "EACCES", "EPERM");
}

/** Makes one folder, which is on the disk when this resolves. Returns false if a file or a link has its name. */
export async function makeFolder(path: string): Promise<boolean> {
  for (;;) {
    const isMade = await unless(
      mkdirChecked(path).then(() => true),
      "EEXIST",
    );
    if (isMade) {
      await syncFolder(dirname(path));
      return true;
    }
    const stats = await ifThere(lstat(path));
    if (stats !== undefined) return stats.isDirectory(); // Otherwise another process has just removed it.
  }
}

/** Returns the file that has the path of a needed folder; `undefined` if no file has. */
export async function fileInTheWay(path: string): Promise<string | undefined> {
  for (let at = path; ; at = dirname(at)) {
    const stats = await ifThere(stat(at));
    if (stats !== undefined) return stats.isDirectory() ? undefined : at;
    if (at === dirname(at)) return undefined;
  }
}

/** The folders that a path lacks, outermost first. */
async function missingFolders(path: string): Promise<readonly string[]> {
  const missing: string[] = [];
  for (let at = path; at !== dirname(at); at = dirname(at)) {
    const stats = await ifThere(stat(at));
    if (stats?.isDirectory()) break;
    if (stats !== undefined) throw fault("denied", `${at} is a file, not a folder`);
    missing.unshift(at);
  }
  return missing;
}

/** Whether another process has removed the folder above the first of these folders, or has made the first one and removed another. */
async function hasVanished([first]: readonly string[]): Promise<boolean> {
  if (first === undefined) return true;
  const parent = await ifThere(stat(dirname(first)));
  const made = await ifThere(stat(first));
  return parent === undefined || made !== undefined;
}

function unmakeable(path: string, cause: unknown): Error {
  const message = `the file system allows no folder ${path} to be created (ENOENT)`;
  return fault("denied", message, { cause });
}
