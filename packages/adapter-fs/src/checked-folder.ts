import { constants } from "node:fs";
import * as fs from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { hasErrno, ifThere } from "./errno.js";
import { deleted, descriptorPath, pathOf } from "./open-file.js";
import { fault } from "./store-errors.js";

/** Opens a folder that may be searched but not read. Node has no constant for it. Linux only. */
const O_PATH = 0o10000000;

/**
 * Changes of the file system that follow no link. The folder of each path must be reached without a link. The change is made in
 * exactly the folder that was checked, by its open descriptor, so a link that replaces it during the call leads nowhere. Only
 * Linux can do that; other systems use the paths unchanged.
 */

/** Does something with a file or folder by a path through its checked folder. */
export async function inCheckedFolder<T>(
  path: string,
  act: (path: string) => Promise<T>,
): Promise<T> {
  const folder = dirname(path);
  const handle = await openChecked(folder);
  if (handle === undefined) return act(path);
  try {
    return await act(join(descriptorPath(handle), basename(path)));
  } catch (error) {
    throw withPath(error, descriptorPath(handle), folder);
  } finally {
    await handle.close();
  }
}

/** `undefined` if the system doesn't report the path of an open folder. */
async function openChecked(folder: string): Promise<fs.FileHandle | undefined> {
  if (process.platform !== "linux") return undefined;
  const handle = await openSearchable(folder);
  try {
    const real = await pathOf(handle);
    if (real === folder || real === deleted(folder)) return handle;
    if (real !== undefined) throw leadsElsewhere(folder, real);
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  return undefined;
}

async function openSearchable(folder: string): Promise<fs.FileHandle> {
  const { O_DIRECTORY, O_NOFOLLOW } = constants;
  try {
    return await fs.open(folder, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  } catch (error) {
    // The system reports a link like a missing folder, so this checks for a link.
    if (hasErrno(error, "ENOTDIR", "ELOOP")) await ifThere(refuseLinks(folder));
    throw error;
  }
}

/** Puts the path that the caller knows into the error of a system call. */
function withPath(error: unknown, alias: string, folder: string): unknown {
  if (!(typeof error === "object" && error !== null)) return error;
  for (const name of ["path", "dest", "message"] as const) {
    const text: unknown = Reflect.get(error, name);
    if (typeof text === "string")
      Reflect.set(error, name, text.replaceAll(`${alias}/`, `${folder}/`));
  }
  return error;
}

/** The same for two paths; each folder is checked. */
async function inCheckedFolders<T>(
  from: string,
  to: string,
  act: (from: string, to: string) => Promise<T>,
): Promise<T> {
  return inCheckedFolder(from, (source) => inCheckedFolder(to, (target) => act(source, target)));
}

export function renameChecked(from: string, to: string): Promise<void> {
  return inCheckedFolders(from, to, fs.rename);
}

export function linkChecked(existing: string, path: string): Promise<void> {
  return inCheckedFolders(existing, path, fs.link);
}

export function unlinkChecked(path: string): Promise<void> {
  return inCheckedFolder(path, fs.unlink);
}

export function mkdirChecked(path: string): Promise<void> {
  return inCheckedFolder(path, (at) => fs.mkdir(at));
}

export function rmdirChecked(path: string): Promise<void> {
  return inCheckedFolder(path, fs.rmdir);
}

/** Opens a new file for writing. */
export function createChecked(path: string, mode?: number): Promise<fs.FileHandle> {
  return inCheckedFolder(path, (at) => fs.open(at, "wx", mode));
}

/** Writes a new file. */
export async function writeNew(path: string, text: string): Promise<void> {
  const handle = await createChecked(path);
  try {
    await handle.writeFile(text);
  } finally {
    await handle.close();
  }
}

/** Sets the times of a file, or of a link itself. */
export function utimesChecked(path: string, time: number): Promise<void> {
  return inCheckedFolder(path, (at) => fs.lutimes(at, time, time));
}

/** Removes a file, if it exists. */
export async function removeFile(path: string): Promise<void> {
  await ifThere(unlinkChecked(path));
}

/** Removes a folder that contains only files, or the file in its place, if it exists. */
export async function removeFlatFolder(path: string): Promise<void> {
  const stats = await ifThere(fs.lstat(path));
  if (stats?.isDirectory() === false) return removeFile(path);
  for (const name of (await ifThere(fs.readdir(path))) ?? []) await removeFile(join(path, name));
  await ifThere(rmdirChecked(path));
}

/**
 * Throws `denied` if the path to a folder leads over a symbolic link anywhere below the store's root, so that nothing outside
 * of it is read, written or deleted. `folder` must begin with the root's real path. A missing folder is an ENOENT of the
 * system, a file in its place an ENOTDIR.
 */
export async function refuseLinks(folder: string): Promise<void> {
  const real = await fs.realpath(`${folder}/.`);
  if (real !== folder) throw leadsElsewhere(folder, real);
}

function leadsElsewhere(folder: string, real: string): Error {
  return fault("denied", `${folder} leads to ${real} over a symbolic link; links are not followed`);
}

/** Whether a folder exists; throws `denied` if a link leads to it. */
export async function folderExists(path: string): Promise<boolean> {
  return (await ifThere(refuseLinks(path).then(() => true))) ?? false;
}
