import { randomBytes } from "node:crypto";
import { lstat } from "node:fs/promises";
import { dirname } from "node:path";
import type { ObjectHeaders } from "@keywhen/core/store";
import { createChecked, linkChecked, removeFile, utimesChecked } from "./checked-folder.js";
import { ifThere, unless } from "./errno.js";
import { refuseLinks } from "./links.js";
import { makeFoldersInside } from "./make-folders.js";
import { openFile } from "./open-file.js";
import type { Place } from "./place.js";
import { laterThan, stampOf } from "./stamp.js";
import { fault } from "./store-errors.js";
import { syncData } from "./sync.js";

/**
 * What a body can't say of itself, in a small file of its own. Its name holds the stamp of the body that
 * it belongs to, and it is there before that body is, so a reader never pairs it with another one.
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

/** The sidecar of one body; `undefined` if it has none: put there by hand, or no longer the object's. */
export async function readSidecar(place: Place, stamp: string): Promise<Sidecar | undefined> {
  const path = sidecarPath(place, stamp);
  const text = await readText(path);
  if (text === undefined) return undefined;
  const sidecar = parseSidecar(text);
  if (sidecar !== undefined) return sidecar;
  throw fault("unexpected", `the sidecar ${path} is damaged; without it the object has no headers`);
}

/**
 * Places a sidecar for a body that isn't in place yet and gives its path. Should an older body have had
 * this stamp (written in the same instant, of the same length), the new one gets a later instant.
 */
export async function attachSidecar(place: Place, sidecar: string, body: string): Promise<string> {
  for (;;) {
    const stats = await lstat(body, { bigint: true });
    const stamp = stampOf(stats);
    const linked = await unless(linkSidecar(sidecar, place, stamp), "EEXIST");
    if (linked) return sidecarPath(place, stamp);
    if (linked === false) throw fault("unavailable", `somebody deleted ${sidecar}`);
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
      (await isFolder(folder)) && (await ifThere(linkChecked(existing, path).then(() => true)));
    if (isLinked) return true;
    if ((await ifThere(lstat(existing))) === undefined) return false;
    await makeFoldersInside(place.root, folder);
  }
}

/** Whether a folder is there; `denied` if a link leads to it. */
async function isFolder(path: string): Promise<boolean> {
  return (await ifThere(refuseLinks(path).then(() => true))) ?? false;
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

export async function dropSidecar(path: string): Promise<void> {
  await removeFile(path);
}

function parseSidecar(text: string): Sidecar | undefined {
  const value = parseJson(text);
  if (typeof value !== "object" || value === null || !("version" in value)) return undefined;
  if (typeof value.version !== "string") return undefined;
  return {
    version: value.version,
    contentType: textOf(value, "contentType"),
    contentEncoding: textOf(value, "contentEncoding"),
    cacheControl: textOf(value, "cacheControl"),
    metadata: "metadata" in value ? textsOf(value.metadata) : {},
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOf(value: object, name: string): string | undefined {
  const found = Object.entries(value).find(([key]) => key === name)?.[1];
  return typeof found === "string" ? found : undefined;
}

function textsOf(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  const texts = Object.entries(value).filter(([, text]) => typeof text === "string");
  return Object.fromEntries(texts);
}
