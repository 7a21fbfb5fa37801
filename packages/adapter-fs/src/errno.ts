import { Ended, type Steps, YES } from "./steps.js";

/** The system's name of a failure (`ENOENT`). Checks its shape, because under Jest errors of `node:fs` have another class. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

export function hasErrno(error: unknown, ...codes: readonly string[]): boolean {
  const errno = errnoOf(error);
  return errno !== undefined && codes.includes(errno);
}

/** The result of a system call, or `undefined` if it failed for one of these reasons. */
export function* unless<T>(call: Steps<T>, ...codes: readonly string[]): Steps<T | undefined> {
  try {
    return yield* call;
  } catch (error) {
    if (hasErrno(error, ...codes)) return undefined;
    throw error;
  }
}

/** The result of a system call, or `undefined` if there is no such file or folder. */
export function ifThere<T>(call: Steps<T>): Steps<T | undefined> {
  return unless(call, "ENOENT", "ENOTDIR");
}

/** Whether a system call was carried out; false if it failed for one of these reasons. */
export function succeeds(call: Steps<unknown>, ...codes: readonly string[]): Steps<boolean> {
  return call instanceof Ended ? YES : succeedsLater(call, codes);
}

function* succeedsLater(call: Steps<unknown>, codes: readonly string[]): Steps<boolean> {
  try {
    yield* call;
    return true;
  } catch (error) {
    if (hasErrno(error, ...codes)) return false;
    throw error;
  }
}
