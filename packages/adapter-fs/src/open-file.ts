import { type BigIntStats, constants } from "node:fs";
import { unless } from "./errno.js";
import { leadsElsewhere, pathOf } from "./open-folders.js";
import type { Steps } from "./steps.js";
import type { SystemCalls } from "./system-calls.js";

export interface OpenedFile {
  readonly fd: number;
  readonly stats: BigIntStats;
}

/** How often a file is opened again after others have renamed or replaced it. */
const MOST_ATTEMPTS = 20;

/**
 * Opens only a plain file: follows no link, doesn't wait for a pipe, and makes sure that the open file is the file at this path,
 * even if a link replaces a folder during the call. `undefined` if there is no such file.
 */
export function* openFile(calls: SystemCalls, path: string): Steps<OpenedFile | undefined> {
  for (let attempt = 1; ; attempt++) {
    const opened = yield* openPlain(calls, path);
    if (opened === undefined || opened.real === path || opened.real === deleted(path))
      return opened;
    yield* calls.close(opened.fd);
    if (attempt === MOST_ATTEMPTS) throw leadsElsewhere(path, opened.real);
  }
}

/** A plain file, and where it really is: at `path`, if the system doesn't report it. */
function* openPlain(
  calls: SystemCalls,
  path: string,
): Steps<(OpenedFile & { readonly real: string }) | undefined> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const opening = calls.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  const fd = yield* unless(opening, "ENOENT", "ENOTDIR", "ELOOP", "EISDIR", "ENXIO");
  if (fd === undefined) return undefined;
  try {
    const stats = yield* calls.fstat(fd);
    if (stats.isFile()) return { fd, stats, real: pathOf(calls, fd) ?? path };
  } catch (error) {
    yield* calls.close(fd);
    throw error;
  }
  yield* calls.close(fd);
  return undefined;
}

/** The path that Linux reports for an open file that was deleted at this path. */
function deleted(path: string): string {
  return `${path} (deleted)`;
}
