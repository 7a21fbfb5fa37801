import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, open, readlink } from "node:fs/promises";
import { unless } from "./errno.js";
import { fault } from "./store-errors.js";

export interface OpenedFile {
  readonly handle: FileHandle;
  readonly stats: BigIntStats;
}

/** How often a file is opened again after others have renamed or replaced it. */
const MOST_ATTEMPTS = 20;

/**
 * Opens only a plain file: follows no link, doesn't wait for a pipe, and makes sure that the open file is the file at this path,
 * even if a link replaces a folder during the call. `undefined` if there is no such file.
 */
export async function openFile(path: string): Promise<OpenedFile | undefined> {
  for (let attempt = 1; ; attempt++) {
    const opened = await openPlain(path);
    if (opened === undefined) return undefined;
    const real = await pathOf(opened.handle);
    if (real === undefined || real === path || real === deleted(path)) return opened;
    await opened.handle.close();
    if (attempt === MOST_ATTEMPTS) {
      throw fault("denied", `${path} leads to ${real}; links are not followed`);
    }
  }
}

async function openPlain(path: string): Promise<OpenedFile | undefined> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const opening = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  const handle = await unless(opening, "ENOENT", "ENOTDIR", "ELOOP", "EISDIR", "ENXIO");
  if (handle === undefined) return undefined;
  try {
    const stats = await handle.stat({ bigint: true });
    if (stats.isFile()) return { handle, stats };
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  return undefined;
}

/** The current path of an open file or folder; `undefined` if the system doesn't report it (only Linux does). */
export async function pathOf(handle: FileHandle): Promise<string | undefined> {
  if (process.platform !== "linux") return undefined;
  return unless(readlink(descriptorPath(handle)), "ENOENT", "EACCES", "EPERM");
}

/** The path that Linux reports for an open file or folder that was deleted at this path. */
export function deleted(path: string): string {
  return `${path} (deleted)`;
}

/** A path that always leads to the open file itself. Linux only. */
export function descriptorPath({ fd }: FileHandle): string {
  return `/proc/self/fd/${fd}`;
}
