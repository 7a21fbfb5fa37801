import type { BigIntStats, Stats } from "node:fs";
import type { ObjectInfo } from "@keywhen/core/store";
import type { Place } from "./place.js";
import { type Sidecar, stampOf } from "./sidecar.js";
import type { Steps } from "./steps.js";
import { fault } from "./store-errors.js";
import type { StoreFolder } from "./store-folder.js";
import type { SystemCalls } from "./system-calls.js";

const NS_PER_SECOND = 1_000_000_000n;

/** The body of an object. */
export interface ObjectFile {
  readonly path: string;
  readonly stats: BigIntStats;
  readonly stamp: string;
}

/** The file of an object, or where one would be put. */
export interface Spot {
  readonly path: string;
  readonly file: ObjectFile | undefined;
}

/**
 * Looks for the object under its plain name first: an object may move from there to the name next to a folder, and never
 * back.
 */
export function* locate(calls: SystemCalls, place: Place): Steps<Spot> {
  const plain = yield* calls.lstat(place.plain);
  if (plain?.isFile()) return found(place.plain, plain);
  const adjacent = yield* calls.lstat(place.adjacent);
  if (adjacent?.isFile()) return found(place.adjacent, adjacent);
  return { path: plain?.isDirectory() ? place.adjacent : place.plain, file: undefined };
}

function found(path: string, stats: BigIntStats): Spot {
  return { path, file: fileAt(path, stats) };
}

export function fileAt(path: string, stats: BigIntStats): ObjectFile {
  return { path, stats, stamp: stampOf(stats) };
}

/** The file and its sidecar, which are of the same version; `undefined` if there is no such object. */
export function* findObject(
  { disk: { calls, folders }, sidecarReader }: StoreFolder,
  place: Place,
): Steps<{ file: ObjectFile; sidecar: Sidecar | undefined } | undefined> {
  if (!(yield* folders.exists(place.parent))) return undefined;
  for (;;) {
    const { file } = yield* locate(calls, place);
    if (file === undefined) return undefined;
    const sidecar = yield* sidecarReader.read(place, file.stamp);
    if (sidecar !== undefined || (yield* isStill(calls, place, file))) return { file, sidecar };
  }
}

/**
 * Whether an object without a sidecar was put there by a user. Otherwise it was replaced or deleted between the look at its
 * body and the look for its sidecar.
 */
export function* isStill(
  calls: SystemCalls,
  place: Place,
  file: Pick<ObjectFile, "stamp">,
): Steps<boolean> {
  const now = yield* locate(calls, place);
  return now.file?.stamp === file.stamp;
}

/** The stats of a file that the caller has just made or found. */
export function* statsOf(calls: SystemCalls, path: string): Steps<BigIntStats> {
  const stats = yield* calls.lstat(path);
  if (stats === undefined) throw goneByAnother(path);
  return stats;
}

/** The error of a call whose file another program has deleted. */
export function goneByAnother(path: string): Error {
  const message = `another program deleted ${path}: try again`;
  return fault("unavailable", message);
}

export function describeObject(stats: BigIntStats, sidecar: Sidecar | undefined): ObjectInfo {
  return {
    size: Number(stats.size),
    lastModified: lastModified(stats),
    version: sidecar?.version ?? `${stampOf(stats)}-${stats.ino.toString(36)}`,
    contentType: sidecar?.contentType,
    contentEncoding: sidecar?.contentEncoding,
    cacheControl: sidecar?.cacheControl,
    metadata: sidecar?.metadata ?? {},
  };
}

/** Both give the same date: `mtimeMs` is calculated like this. */
export function lastModified({ mtimeNs }: Pick<BigIntStats, "mtimeNs">): Date {
  const [seconds, ns] = [Number(mtimeNs / NS_PER_SECOND), Number(mtimeNs % NS_PER_SECOND)];
  return quickLastModified({ mtimeMs: seconds * 1e3 + ns / 1e6 });
}

export function quickLastModified({ mtimeMs }: Pick<Stats, "mtimeMs">): Date {
  return new Date(Math.floor(mtimeMs));
}
