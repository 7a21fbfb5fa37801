import { readdir } from "node:fs/promises";
import { join, sep } from "node:path";
import type { ListedObject, ListPage, ListRequest } from "@keywhen/core/store";
import { folderExists } from "./checked-folder.js";
import { ifThere } from "./errno.js";
import { decodeFileName, decodeName, encodeSegment } from "./file-names.js";
import { requireBucket } from "./folders.js";
import { lastModified, locate } from "./object-file.js";
import { bucketFolderOf, keyProblem } from "./place.js";
import { smallestFirst } from "./smallest-first.js";
import type { StoreFolder } from "./store-folder.js";

/**
 * Something found on the way through a bucket: an object, or a folder with all keys that begin with
 * `start`. Folders are opened only when they are first in the order of `start`. That gives all keys in
 * order for any names of files and folders, and opens no folder that the page doesn't need.
 */
interface Entry {
  readonly start: string;
  readonly order: string;
  readonly path: string;
  readonly isFolder: boolean;
}

interface Range {
  readonly prefix: string;
  readonly after: string;
  readonly afterOrder: string;
}

const LARGEST_PAGE = 1000;
const NO_BUCKET: ListPage = { objects: [], more: false, isBucketMissing: true };

export async function listPage(folder: StoreFolder, request: ListRequest): Promise<ListPage> {
  const { bucket, limit = LARGEST_PAGE } = request;
  const bucketFolder = bucketFolderOf(await folder.root(), bucket);
  if (!(await requireBucket(folder, bucketFolder))) return NO_BUCKET;
  const size = Math.min(Math.max(limit, 1), LARGEST_PAGE);
  const keys = keysInOrder(bucketFolder, rangeOf(request));
  const objects: ListedObject[] = [];
  let next = await keys.next();
  while (!next.done && objects.length < size) {
    const batch: Entry[] = [];
    for (; !next.done && objects.length + batch.length < size; next = await keys.next()) {
      batch.push(next.value);
    }
    for (const object of await Promise.all(batch.map((entry) => describe(folder, bucket, entry)))) {
      // An object may be deleted after its folder was read. One that got its other name may appear twice.
      if (object !== undefined && object.key !== objects.at(-1)?.key) objects.push(object);
    }
  }
  return { objects, more: !next.done };
}

function rangeOf({ prefix = "", startAfter = "" }: ListRequest): Range {
  return { prefix, after: startAfter, afterOrder: byteOrder(startAfter) };
}

async function* keysInOrder(bucketFolder: string, range: Range): AsyncGenerator<Entry, undefined> {
  const first = firstFolder(bucketFolder, range.prefix);
  if (keyProblem(first.start || "a") !== undefined || !(await folderExists(first.path))) return;
  const coming = smallestFirst<Entry>();
  coming.add(await readFolder(first, range));
  for (let entry = coming.take(); entry !== undefined; entry = coming.take()) {
    if (entry.isFolder) coming.add(await readFolder(entry, range));
    else yield entry;
  }
}

/** The folder that all keys with this prefix are in. */
function firstFolder(bucketFolder: string, prefix: string): { start: string; path: string } {
  const names = prefix.split("/").slice(0, -1).flatMap(encodeSegment);
  return {
    start: prefix.slice(0, prefix.lastIndexOf("/") + 1),
    path: join(bucketFolder, ...names),
  };
}

async function readFolder(
  { start, path }: Pick<Entry, "start" | "path">,
  range: Range,
): Promise<readonly Entry[]> {
  const names = (await ifThere(readdir(path, { withFileTypes: true }))) ?? [];
  const entries: Entry[] = [];
  for (const found of names) {
    const isFolder = found.isDirectory();
    if (!isFolder && !found.isFile()) continue;
    const more = isFolder ? folderStart(found.name) : decodeFileName(found.name);
    if (more === undefined) continue;
    const whole = start + more;
    const entry = {
      start: whole,
      order: byteOrder(whole),
      path: path + sep + found.name,
      isFolder,
    };
    if (mayHold(entry, range)) entries.push(entry);
  }
  return entries;
}

function mayHold({ start, order, isFolder }: Entry, { prefix, after, afterOrder }: Range): boolean {
  if (!start.startsWith(prefix) && !(isFolder && prefix.startsWith(start))) return false;
  return order > afterOrder || (isFolder && after.startsWith(start));
}

function folderStart(name: string): string | undefined {
  const decoded = decodeName(name);
  return decoded && (decoded.goesOn ? decoded.text : `${decoded.text}/`);
}

/** The object at an entry; `undefined` if it is gone, or if no key gives its file this name. */
async function describe(
  folder: StoreFolder,
  bucket: string,
  { start: key }: Entry,
): Promise<ListedObject | undefined> {
  if (keyProblem(key) !== undefined) return undefined;
  const place = await folder.place({ bucket, key });
  const { file } = await locate(place);
  if (file === undefined) return undefined;
  return { key, size: Number(file.stats.size), lastModified: lastModified(file.stats) };
}

/**
 * A string that compares by `<` as the UTF-8 bytes of `key` compare, which is the order of object stores. JavaScript compares
 * UTF-16 units. The two orders differ only in that surrogates come before U+E000–U+FFFF in UTF-16 and after them in UTF-8.
 */
export function byteOrder(key: string): string {
  return key.replace(/[\ud800-\uffff]/g, (unit) => {
    const code = unit.charCodeAt(0);
    return String.fromCharCode(code >= 0xe000 ? code - 0x800 : code + 0x2000);
  });
}
