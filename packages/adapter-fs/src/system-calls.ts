import fs, { type BigIntStats, type Dirent, type Stats, type StatsFs } from "node:fs";
import * as promises from "node:fs/promises";
import { promisify } from "node:util";
import { hasErrno } from "./errno.js";
import { Ended, Failed, type Steps, waitFor } from "./steps.js";

/**
 * Every call of the file system that the store makes. Short ones run synchronously on a local disk: a promise would cost several
 * times as much as the call. What can take long (syncing, large bodies and folders) always leaves the event loop free.
 */
export interface SystemCalls {
  /** `undefined` if there is no such file. */
  lstat(path: string): Steps<BigIntStats | undefined>;
  /** The same with times in milliseconds, which costs half. */
  quickLstat(path: string): Steps<Stats | undefined>;
  stat(path: string): Steps<BigIntStats | undefined>;
  fstat(fd: number): Steps<BigIntStats>;
  realpath(path: string): Steps<string>;
  /** The current path of an open file or folder. Linux only; asks the kernel alone, so it never takes long. */
  pathOf(fd: number): string;
  open(path: string, flags: string | number, mode?: number): Steps<number>;
  close(fd: number): Steps<void>;
  /** Returns how many bytes were written. */
  write(fd: number, bytes: Uint8Array): Steps<number>;
  /** Reads a small file to its end. */
  readText(file: number | string): Steps<string>;
  link(existing: string, path: string): Steps<void>;
  unlink(path: string): Steps<void>;
  rename(from: string, to: string): Steps<void>;
  mkdir(path: string): Steps<unknown>;
  rmdir(path: string): Steps<void>;
  /** `size` is what `lstat` reports. A large folder is never read synchronously. */
  readdir(path: string, size: bigint): Steps<Dirent[]>;
  /** Sets the times of a file, or of a link itself, in seconds. */
  lutimes(path: string, time: number): Steps<void>;

  read(fd: number, chunk: Uint8Array, position: number): Promise<number>;
  copyFile(from: string, to: string, mode: number): Promise<void>;
  /** Puts the bytes or names of an open file or folder on the disk. */
  sync(fd: number): Promise<void>;
  statfs(path: string): Promise<StatsFs>;
  access(path: string, mode: number): Promise<void>;
}

/** Reading or writing more takes long enough that other work should continue in the meantime. */
const LARGE_BYTES = 64 * 1024;
/** A larger folder has hundreds of names, and reading it takes as long as a large write. */
const LARGE_FOLDER_BYTES = 32 * 1024;

const BIG = { bigint: true } as const;
const BIG_IF_THERE = { bigint: true, throwIfNoEntry: false } as const;
const IF_THERE = { throwIfNoEntry: false } as const;

const later = {
  open: promisify(fs.open),
  close: promisify(fs.close),
  fstat: promisify(fs.fstat),
  sync: promisify(fs.fsync),
  read: promisify(fs.read),
  write: promisify(fs.write),
  readFile: promisify(fs.readFile),
};

const readdirLater = (path: string) => promises.readdir(path, { withFileTypes: true });
const writeLater = async (fd: number, bytes: Uint8Array) =>
  (await later.write(fd, bytes)).bytesWritten;

// By descriptor, because the file handles of Yarn's Plug'n'Play lack several methods.
const LONG = {
  read: async (fd: number, chunk: Uint8Array, position: number) =>
    (await later.read(fd, chunk, 0, chunk.length, position)).bytesRead,
  copyFile: promises.copyFile,
  sync: later.sync,
  statfs: (path: string) => promises.statfs(path),
  access: promises.access,
  pathOf: (fd: number) => fs.readlinkSync(descriptorPath(fd)),
};

/** The calls for a local disk: the event loop waits for the short ones. */
export const blockingCalls: SystemCalls = {
  ...LONG,
  read: async (fd, chunk, position) =>
    chunk.length > LARGE_BYTES
      ? await LONG.read(fd, chunk, position)
      : fs.readSync(fd, chunk, 0, chunk.length, position),
  lstat: now((path: string) => ifThere(() => fs.lstatSync(path, BIG_IF_THERE))),
  quickLstat: now((path: string) => ifThere(() => fs.lstatSync(path, IF_THERE))),
  stat: now((path: string) => ifThere(() => fs.statSync(path, BIG_IF_THERE))),
  fstat: now((fd: number) => fs.fstatSync(fd, BIG)),
  realpath: now((path: string) => fs.realpathSync.native(path)),
  open: now((path: string, flags: string | number, mode?: number) =>
    fs.openSync(path, flags, mode),
  ),
  close: now((fd: number) => fs.closeSync(fd)),
  write: (fd, bytes) =>
    bytes.length > LARGE_BYTES ? waitFor(writeLater(fd, bytes)) : writeNow(fd, bytes),
  readText: now((file: number | string) => fs.readFileSync(file, "utf8")),
  link: now((existing: string, path: string) => fs.linkSync(existing, path)),
  unlink: now((path: string) => fs.unlinkSync(path)),
  rename: now((from: string, to: string) => fs.renameSync(from, to)),
  mkdir: now((path: string) => void fs.mkdirSync(path)),
  rmdir: now((path: string) => fs.rmdirSync(path)),
  readdir: (path, size) =>
    size > LARGE_FOLDER_BYTES ? waitFor(readdirLater(path)) : readdirNow(path),
  lutimes: now((path: string, time: number) => fs.lutimesSync(path, time, time)),
};

const readdirNow = now((path: string) => fs.readdirSync(path, { withFileTypes: true }));
const writeNow = now((fd: number, bytes: Uint8Array) => fs.writeSync(fd, bytes));

/** The calls for a network folder, where each may take long. */
export const waitingCalls: SystemCalls = {
  ...LONG,
  lstat: (path) => waitFor(promises.lstat(path, BIG).catch(undefinedIfMissing)),
  quickLstat: (path) => waitFor(promises.lstat(path).catch(undefinedIfMissing)),
  stat: (path) => waitFor(promises.stat(path, BIG).catch(undefinedIfMissing)),
  fstat: (fd) => waitFor(later.fstat(fd, BIG)),
  realpath: (path) => waitFor(promises.realpath(path)),
  open: (path, flags, mode) => waitFor(later.open(path, flags, mode)),
  close: (fd) => waitFor(later.close(fd)),
  write: (fd, bytes) => waitFor(writeLater(fd, bytes)),
  readText: (file) => waitFor(later.readFile(file, "utf8")),
  link: (existing, path) => waitFor(promises.link(existing, path)),
  unlink: (path) => waitFor(promises.unlink(path)),
  rename: (from, to) => waitFor(promises.rename(from, to)),
  mkdir: (path) => waitFor(promises.mkdir(path)),
  rmdir: (path) => waitFor(promises.rmdir(path)),
  readdir: (path) => waitFor(readdirLater(path)),
  lutimes: (path, time) => waitFor(promises.lutimes(path, time, time)),
};

/** A path that always leads to the open file itself. Linux only. */
export function descriptorPath(fd: number): string {
  return `/proc/self/fd/${fd}`;
}

function now<A extends readonly unknown[], R>(call: (...args: A) => R): (...args: A) => Steps<R> {
  return (...args) => {
    try {
      return new Ended(call(...args));
    } catch (error) {
      return new Failed(error);
    }
  };
}

function ifThere<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    return undefinedIfMissing(error);
  }
}

function undefinedIfMissing(error: unknown): undefined {
  if (!hasErrno(error, "ENOENT", "ENOTDIR")) throw error;
}
