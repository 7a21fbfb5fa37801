import { randomBytes } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { dirname } from "node:path";
import type { ObjectHeaders } from "@keywhen/core/store";
import type { CheckedCalls } from "./checked-calls.js";
import { succeeds } from "./errno.js";
import { makeFoldersInside } from "./make-folders.js";
import type { Place } from "./place.js";
import { Ended, type Steps, YES } from "./steps.js";
import { fault } from "./store-errors.js";

/**
 * The headers, metadata and version of an object, in a separate small file. Its name has the stamp of the body that it belongs
 * to, and it is made before the body is put in place, so a reader never combines it with another body.
 */
export interface Sidecar extends ObjectHeaders {
  readonly version: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** How often the folders of a sidecar are made again after other calls have removed them. */
const MOST_ATTEMPTS = 100;

export function newSidecar(headers: ObjectHeaders): Sidecar {
  const { contentType, contentEncoding, cacheControl, metadata = {} } = headers;
  const version = randomBytes(12).toString("base64url");
  return { version, contentType, contentEncoding, cacheControl, metadata };
}

/** The text of a sidecar file: one sidecar, or those of several bodies by their stamps. */
export function printSidecars(bodies: ReadonlyMap<string, Sidecar>): string {
  const [only, ...others] = bodies.values();
  const content = others.length === 0 ? only : { bodies: Object.fromEntries(bodies) };
  return `${JSON.stringify(content)}\n`;
}

export function sidecarPath(place: Place, stamp: string): string {
  return `${place.sidecar}%meta-${stamp}`;
}

/** Makes a file the sidecar of a body with this stamp; false if there is no such file. */
export function linkSidecar(
  disk: CheckedCalls,
  existing: string,
  place: Place,
  stamp: string,
): Steps<boolean> {
  const path = sidecarPath(place, stamp);
  const linking = disk.link(existing, path);
  return linking instanceof Ended ? YES : linkInFolder(disk, existing, place, path, linking);
}

function* linkInFolder(
  disk: CheckedCalls,
  existing: string,
  place: Place,
  path: string,
  begun: Steps<void>,
): Steps<boolean> {
  let linking = begun;
  for (let attempt = 1; ; attempt++) {
    if (yield* succeeds(linking, "ENOENT", "ENOTDIR")) return true;
    if ((yield* disk.calls.lstat(existing)) === undefined) return false;
    const making = makeFoldersInside(disk, place.root, dirname(path));
    const isMade = yield* succeeds(making, "ENOENT");
    if (!isMade && attempt === MOST_ATTEMPTS)
      throw fault(
        "unavailable",
        `other programs keep removing folders of ${path}: stop them, or try again`,
      );
    linking = disk.link(existing, path);
  }
}

/**
 * The stamp that distinguishes a body from earlier and later ones of the same key: its length and the instant of its last
 * change in nanoseconds. It survives a rename, and a backup that keeps whole times (`cp -a`,
 * `rsync -a`); a file that was edited or replaced by hand has another.
 */
export function stampOf({ mtimeNs, size }: Pick<BigIntStats, "mtimeNs" | "size">): string {
  return `${mtimeNs.toString(36)}-${size.toString(36)}`;
}

/** An instant up to a millisecond later, in seconds. It is random, because the very next one may be taken, too. */
export function laterThan(mtimeNs: bigint): number {
  return Number(mtimeNs / 1000n) / 1e6 + Math.random() / 1e3;
}
