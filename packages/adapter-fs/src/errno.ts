/** The system's name of a failure (`ENOENT`). Goes by shape: under Jest, errors of `node:fs` have another class. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

export function hasErrno(error: unknown, ...codes: readonly string[]): boolean {
  const errno = errnoOf(error);
  return errno !== undefined && codes.includes(errno);
}

/** The result of a system call, or `undefined` if it failed for one of these reasons. */
export async function unless<T>(
  call: Promise<T>,
  ...codes: readonly string[]
): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasErrno(error, ...codes)) return undefined;
    throw error;
  }
}

/** The result of a system call, or `undefined` if there is no such file or folder. */
export function ifThere<T>(call: Promise<T>): Promise<T | undefined> {
  return unless(call, "ENOENT", "ENOTDIR");
}
