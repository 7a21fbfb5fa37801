import type { BigIntStats } from "node:fs";
import { lstat } from "node:fs/promises";
import type { ObjectInfo } from "@keywhen/core/store";
import { folderExists } from "./checked-folder.js";
import { ifThere } from "./errno.js";
import type { Place } from "./place.js";
import { readSidecar, type Sidecar, stampOf } from "./sidecar.js";

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
export async function locate(place: Place): Promise<Spot> {
  const plain = await ifThere(lstat(place.plain, { bigint: true }));
  if (plain?.isFile()) return found(place.plain, plain);
  const adjacent = await ifThere(lstat(place.adjacent, { bigint: true }));
  if (adjacent?.isFile()) return found(place.adjacent, adjacent);
  return { path: plain?.isDirectory() ? place.adjacent : place.plain, file: undefined };
}

function found(path: string, stats: BigIntStats): Spot {
  return { path, file: { path, stats, stamp: stampOf(stats) } };
}

/** The file and its sidecar, which are of the same version; `undefined` if there is no such object. */
export async function findObject(
  place: Place,
): Promise<{ file: ObjectFile; sidecar: Sidecar | undefined } | undefined> {
  if (!(await folderExists(place.parent))) return undefined;
  for (;;) {
    const { file } = await locate(place);
    if (file === undefined) return undefined;
    const sidecar = await readSidecar(place, file.stamp);
    if (sidecar !== undefined || (await isStill(place, file))) return { file, sidecar };
  }
}

/**
 * Whether an object without a sidecar was put there by a user. Otherwise it was replaced or deleted between the look at its
 * body and the look for its sidecar.
 */
export async function isStill(place: Place, file: Pick<ObjectFile, "stamp">): Promise<boolean> {
  const now = await locate(place);
  return now.file?.stamp === file.stamp;
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

export function lastModified(stats: BigIntStats): Date {
  return new Date(Number(stats.mtimeNs / 1_000_000n));
}
