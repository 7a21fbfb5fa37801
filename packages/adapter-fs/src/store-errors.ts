import { untilAborted } from "@keywhen/adapter-kit";
import {
  isStoreError,
  ObjectStoreError,
  type RequestKind,
  type StoreErrorCode,
} from "@keywhen/core/store";
import { errnoOf } from "./errno.js";

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

/**
 * The meanings of the operating system's errors. All of them occur before an object is put in place, so nothing was carried
 * out. A later error leaves the call undecided (see `settled`).
 */
const MEANINGS: Readonly<Record<string, readonly [StoreErrorCode, string]>> = {
  EACCES: ["denied", "permission denied"],
  EPERM: ["denied", "not permitted by the file system (or it has no hard links)"],
  EROFS: ["denied", "the file system is read-only"],
  ELOOP: ["denied", "a symbolic link is in the way; links are not followed"],
  ENOSPC: ["unavailable", "disk full"],
  EDQUOT: ["unavailable", "the disk quota is used up"],
  EFBIG: ["unavailable", "the body is larger than the largest file allowed here"],
  EEXIST: ["denied", "a file or folder that is not an object already has this name"],
  EISDIR: ["unavailable", "a folder took the place of a file meanwhile"],
  EXDEV: ["unavailable", "the file is on another disk"],
  EIO: ["unavailable", "the disk failed to read or write"],
  ESTALE: ["unavailable", "the network file system lost track of the file"],
  ETIMEDOUT: ["unavailable", "the network file system does not answer"],
  EBUSY: ["unavailable", "another program holds the file"],
  ENOENT: ["unavailable", "a folder vanished meanwhile"],
  ENOTDIR: ["unavailable", "a file took the place of a folder meanwhile"],
  EMFILE: ["throttled", "this process has too many files open"],
  ENFILE: ["throttled", "the system has too many files open"],
  ENOMEM: ["throttled", "out of memory"],
  ENAMETOOLONG: ["invalid-key", "the path is longer than the file system takes"],
  EILSEQ: ["invalid-key", "the file system takes no such characters"],
  ENOTSUP: ["not-supported", "the file system can't do this (it needs hard links)"],
  ENOSYS: ["not-supported", "the file system can't do this (it needs hard links)"],
  EMLINK: ["not-supported", "the file system has run out of links for one file"],
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
export async function settled(afterwards: () => Promise<unknown>): Promise<void> {
  try {
    await afterwards();
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
    const message = `${known[1]} (${errno})${placeOf(error)}`;
    return { code: known[0], message, undecided: false };
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
