import { randomBytes } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { lstat } from "node:fs/promises";
import { dirname } from "node:path";
import type { ObjectHeaders } from "@keywhen/core/store";
import { createChecked, folderExists, linkChecked, utimesChecked } from "./checked-folder.js";
import { ifThere, unless } from "./errno.js";
import { makeFoldersInside } from "./make-folders.js";
import { openFile } from "./open-file.js";
import type { Place } from "./place.js";
import { fault } from "./store-errors.js";
import { syncData } from "./sync.js";

/**
 * The headers, metadata and version of an object, in a separate small file. Its name has the stamp of the body that it belongs
 * to, and it is made before the body is put in place, so a reader never combines it with another body.
 */
export interface Sidecar extends ObjectHeaders {
  readonly version: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export function newSidecar(headers: ObjectHeaders): Sidecar {
  const { contentType, contentEncoding, cacheControl, metadata = {} } = headers;
  const version = randomBytes(12).toString("base64url");
  return { version, contentType, contentEncoding, cacheControl, metadata };
}

export async function writeSidecar(path: string, sidecar: Sidecar): Promise<void> {
  const handle = await createChecked(path);
  try {
    await handle.writeFile(`${JSON.stringify(sidecar)}\n`);
    await syncData(handle);
  } finally {
    await handle.close();
  }
}

export function sidecarPath(place: Place, stamp: string): string {
  return `${place.sidecar}%meta-${stamp}`;
}

/** The sidecar of one body; `undefined` if it has none: a user has put it there, or it is no longer the object's. */
export async function readSidecar(place: Place, stamp: string): Promise<Sidecar | undefined> {
  const path = sidecarPath(place, stamp);
  const text = await readText(path);
  if (text === undefined) return undefined;
  const sidecar = parseSidecar(text);
  if (sidecar !== undefined) return sidecar;
  throw fault("unexpected", `the sidecar ${path} is damaged; without it the object has no headers`);
}

/**
 * Puts the sidecar of a body in place before the body and returns its path. If an older body has this stamp (the same instant
 * and length), the new body gets a later instant.
 */
export async function attachSidecar(place: Place, sidecar: string, body: string): Promise<string> {
  for (;;) {
    const stats = await lstat(body, { bigint: true });
    const stamp = stampOf(stats);
    const linked = await unless(linkSidecar(sidecar, place, stamp), "EEXIST");
    if (linked) return sidecarPath(place, stamp);
    if (linked === false) throw fault("unavailable", `another program deleted ${sidecar}`);
    const time = laterThan(stats.mtimeNs);
    await utimesChecked(body, time);
  }
}

/** Makes a file the sidecar of a body with this stamp; false if there is no such file. */
export async function linkSidecar(existing: string, place: Place, stamp: string): Promise<boolean> {
  const path = sidecarPath(place, stamp);
  const folder = dirname(path);
  for (;;) {
    const isLinked =
      (await folderExists(folder)) && (await ifThere(linkChecked(existing, path).then(() => true)));
    if (isLinked) return true;
    if ((await ifThere(lstat(existing))) === undefined) return false;
    await makeFoldersInside(place.root, folder);
  }
}

async function readText(path: string): Promise<string | undefined> {
  const opened = await openFile(path);
  if (opened === undefined) return undefined;
  try {
    return await opened.handle.readFile("utf8");
  } finally {
    await opened.handle.close();
  }
}

function parseSidecar(text: string): Sidecar | undefined {
  const fields = Object(parseJson(text));
  const { version, contentType, contentEncoding, cacheControl, metadata } = fields;
  if (typeof version !== "string") return undefined;
  return {
    version,
    contentType: textOf(contentType),
    contentEncoding: textOf(contentEncoding),
    cacheControl: textOf(cacheControl),
    metadata: textsOf(metadata),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function textsOf(value: unknown): Record<string, string> {
  const entries = Object.entries<unknown>(Object(value));
  return Object.fromEntries(
    entries.flatMap(([name, text]) => (typeof text === "string" ? [[name, text]] : [])),
  );
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
