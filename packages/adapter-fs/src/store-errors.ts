import { untilAborted } from "@keywhen/adapter-kit";
import {
  isStoreError,
  ObjectStoreError,
  type RequestKind,
  type StoreErrorCode,
} from "@keywhen/core/store";
import { errnoOf } from "./errno.js";
import type { Steps } from "./steps.js";

/** Which call failed, on what. */
export interface FailedCall {
  readonly operation: RequestKind;
  readonly bucket: string;
  readonly key?: string | undefined;
}

interface Fault {
  readonly code: StoreErrorCode;
  readonly message: string;
  readonly retryable?: boolean;
  readonly undecided: boolean;
}

type Meaning = readonly [code: StoreErrorCode, problem: string, advice: string];

const UNSUPPORTED: Meaning = [
  "not-supported",
  "the file system does not support this",
  "use a file system with hard links",
];

/**
 * The meanings of the operating system's errors. All of them occur before an object is put in place, so nothing was carried
 * out. A later error leaves the call undecided (see `settled`).
 */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  EACCES: ["denied", "permission denied", "grant this user the permission"],
  EPERM: [
    "denied",
    "not permitted by the file system",
    "grant this user the permission, or use a file system with hard links",
  ],
  EROFS: ["denied", "the file system is read-only", "mount it for writing"],
  ELOOP: ["denied", "a symbolic link is in the way", "use a path without links"],
  ENOSPC: ["unavailable", "disk full", "free some space"],
  EDQUOT: ["unavailable", "the disk quota is used up", "free some space, or raise the quota"],
  EFBIG: [
    "unavailable",
    "the body is larger than the largest file allowed here",
    "make the body smaller, or raise the limit",
  ],
  EEXIST: [
    "denied",
    "a file or folder that is not an object already has this name",
    "choose another key",
  ],
  EISDIR: ["unavailable", "a folder has replaced the file", "try again"],
  EXDEV: ["unavailable", "the file is on another disk", "keep each bucket on one disk"],
  EIO: ["unavailable", "the disk failed to read or write", "check the disk"],
  ESTALE: ["unavailable", "the network file system lost track of the file", "try again"],
  ETIMEDOUT: [
    "unavailable",
    "the network file system does not answer",
    "check its server and the network",
  ],
  EBUSY: ["unavailable", "another program holds the file", "close that program, or try again"],
  ENOENT: ["unavailable", "a folder was removed", "try again"],
  ENOTDIR: ["unavailable", "a file has replaced the folder", "remove the file, or try again"],
  EMFILE: ["throttled", "this process has too many files open", "raise its limit (ulimit -n)"],
  ENFILE: ["throttled", "the system has too many files open", "raise its limit"],
  ENOMEM: ["throttled", "out of memory", "give this process more memory, or try again"],
  ENAMETOOLONG: [
    "invalid-key",
    "the path is longer than the file system allows",
    "shorten the key",
  ],
  EILSEQ: ["invalid-key", "the file system does not allow such characters", "choose another key"],
  ENOTSUP: UNSUPPORTED,
  ENOSYS: UNSUPPORTED,
  EMLINK: [
    "not-supported",
    "the file system has run out of links for one file",
    "choose another folder",
  ],
};

const FAULT = Symbol("fault");

/** An error that will become an `ObjectStoreError` once the call that it belongs to is known. */
export function fault(
  code: StoreErrorCode,
  message: string,
  details: { cause?: unknown; retryable?: boolean; undecided?: boolean } = {},
): Error {
  const { cause, undecided = false, ...rest } = details;
  const meaning: Fault = { code, message, undecided, ...rest };
  return Object.assign(new Error(message, { cause }), { [FAULT]: meaning });
}

/** Runs what follows the step that carried out a call. An error from then on leaves the call undecided. */
export function* settled(afterwards: Steps<unknown>): Steps<void> {
  try {
    yield* afterwards;
  } catch (error) {
    const { code, message } = meaningOf(error);
    throw fault(code, `done, but then ${message}`, { cause: error, undecided: true });
  }
}

/** Throws `aborted` if the caller has aborted; nothing was carried out. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal);
}

export function aborted(signal: AbortSignal, undecided = false): Error {
  return fault("aborted", "aborted by the caller", { cause: signal.reason, undecided });
}

/** The result of a step, or `aborted` when the caller aborts. The step itself can't be stopped. */
export async function unlessAborted<T>(
  signal: AbortSignal | undefined,
  step: Promise<T>,
): Promise<T> {
  try {
    return await untilAborted(step, signal);
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  }
}

/** The `ObjectStoreError` for the error of a call. */
export function toStoreError(error: unknown, call: FailedCall): ObjectStoreError {
  if (isStoreError(error)) return error;
  const cause = hasFault(error) ? error.cause : error;
  return new ObjectStoreError({ ...meaningOf(error), ...call, cause });
}

function meaningOf(error: unknown): Fault {
  if (hasFault(error)) return error[FAULT];
  const errno = errnoOf(error);
  const known = errno === undefined ? undefined : MEANINGS[errno];
  if (known !== undefined) {
    const [code, problem, advice] = known;
    const message = `${problem} (${errno})${placeOf(error)}; ${advice}`;
    return { code, message, undecided: false };
  }
  return { code: "unexpected", message: messageOf(error), undecided: true };
}

/** The path that a system call failed on, if its error names one. */
function placeOf(error: unknown): string {
  const isNamed = typeof error === "object" && error !== null && "path" in error;
  return isNamed && typeof error.path === "string" ? `: ${error.path}` : "";
}

function messageOf(error: unknown): string {
  const isError = typeof error === "object" && error !== null && "message" in error;
  return String(isError ? error.message : error);
}

function hasFault(error: unknown): error is Error & { readonly [FAULT]: Fault } {
  return typeof error === "object" && error !== null && FAULT in error;
}
