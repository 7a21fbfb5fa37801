import { dirname, join, sep } from "node:path";
import { ifThere } from "./errno.js";
import { FolderSyncs } from "./folder-syncs.js";
import { OpenFolders } from "./open-folders.js";
import { Ended, type Steps } from "./steps.js";
import type { SystemCalls } from "./system-calls.js";
import type { Turns } from "./turns.js";

/** The length of `C:\\`: the path of a root keeps its separator. */
const ROOT_LENGTH = 3;

/**
 * Changes of the file system that follow no link: each is made in exactly the folder that was checked, so a link that is put
 * in its place during the call leads nowhere.
 */
export class CheckedCalls {
  readonly calls: SystemCalls;
  readonly folders: OpenFolders;
  readonly syncs: FolderSyncs;

  constructor(calls: SystemCalls, turns: Turns) {
    this.calls = calls;
    this.syncs = new FolderSyncs(calls, turns);
    this.folders = new OpenFolders(calls, turns);
  }

  /** Does something with a file or folder by a path through its checked folder. */
  at<T>(path: string, act: (path: string) => Steps<T>): Steps<T> {
    const name = path.slice(path.lastIndexOf(sep));
    return this.folders.use(folderOf(path), name, act);
  }

  /** The same for two paths; each folder is checked. */
  #atBoth<T>(from: string, to: string, act: (from: string, to: string) => Steps<T>): Steps<T> {
    return this.at(from, (source) => this.at(to, (target) => act(source, target)));
  }

  rename(from: string, to: string): Steps<void> {
    return this.#atBoth(from, to, this.calls.rename);
  }

  link(existing: string, path: string): Steps<void> {
    return this.#atBoth(existing, path, this.calls.link);
  }

  unlink(path: string): Steps<void> {
    return this.at(path, this.calls.unlink);
  }

  mkdir(path: string): Steps<unknown> {
    return this.at(path, this.calls.mkdir);
  }

  *rmdir(path: string): Steps<void> {
    yield* this.at(path, this.calls.rmdir);
    this.folders.recheck(path);
  }

  /** Opens a new file for writing. */
  create(path: string, mode?: number): Steps<number> {
    return this.at(path, (at) => this.calls.open(at, "wx", mode));
  }

  /** Sets the times of a file, or of a link itself. */
  utimes(path: string, time: number): Steps<void> {
    return this.at(path, (at) => this.calls.lutimes(at, time));
  }

  /** Writes all bytes to an open file. */
  *writeAll(fd: number, bytes: Uint8Array): Steps<void> {
    for (let offset = 0; offset < bytes.length; )
      offset += yield* this.calls.write(fd, offset === 0 ? bytes : bytes.subarray(offset));
  }

  /** Writes a new file. */
  *writeNew(path: string, text: string): Steps<void> {
    const fd = yield* this.create(path);
    try {
      yield* this.writeAll(fd, new TextEncoder().encode(text));
    } finally {
      yield* this.calls.close(fd);
    }
  }

  /** Removes a file, if it exists. */
  removeFile(path: string): Steps<void> {
    const removing = this.unlink(path);
    return removing instanceof Ended ? removing : ifThere(removing);
  }

  /** Removes a folder that contains only files, or the file in its place, if it exists. */
  *removeFlatFolder(path: string): Steps<void> {
    const stats = yield* this.calls.lstat(path);
    if (stats?.isDirectory() === false) return yield* this.removeFile(path);
    for (const name of yield* this.namesIn(path)) yield* this.removeFile(join(path, name));
    yield* ifThere(this.rmdir(path));
  }

  /** The names in a folder; none if it is missing. */
  *namesIn(path: string): Steps<readonly string[]> {
    const stats = yield* this.calls.lstat(path);
    if (stats === undefined) return [];
    const found = yield* ifThere(this.calls.readdir(path, stats.size));
    return (found ?? []).map(({ name }) => name);
  }
}

function folderOf(path: string): string {
  const end = path.lastIndexOf(sep);
  return end < ROOT_LENGTH ? dirname(path) : path.slice(0, end); // faster than dirname()
}
