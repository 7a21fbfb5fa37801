import { join, sep } from "node:path";
import type { ListedObject, ListPage, ListRequest } from "@keywhen/core/store";
import { encodeSegment, foldersAtStart, isOrdinary } from "./file-names.js";
import { afterName, byteOrder, firstFrom, type SortedNames, textOf } from "./folder-names.js";
import { requireBucket } from "./folders.js";
import { lastModified, locate, quickLastModified } from "./object-file.js";
import { bucketFolderOf, keyProblem } from "./place.js";
import { smallestFirst } from "./smallest-first.js";
import type { Steps } from "./steps.js";
import type { StoreFolder } from "./store-folder.js";

/** How far a folder has been listed. All its keys begin with `start`. */
interface Cursor extends SortedNames {
  readonly start: string;
  readonly path: string;
  /** Whether keys give the folder this path. */
  readonly isOrdinary: boolean;
  index: number;
  /** The smallest key that the name at `index` can have, plain and in byte order; that of the last name, if more must be read. */
  key: string;
  order: string;
}

interface Range {
  readonly prefix: string;
  /** The later one of prefix and `startAfter`. */
  readonly from: string;
  readonly fromOrder: string;
  readonly afterOrder: string;
}

/** A file or folder on the way through a bucket. */
interface Found {
  /** The key of the file, or the beginning of all keys in the folder. */
  readonly key: string;
  readonly path: string;
  readonly isFolder: boolean;
  /** The position where a large folder goes on. */
  readonly position?: string | undefined;
  /** Whether its key certainly gives it this path. */
  readonly isOrdinary: boolean;
}

const LARGEST_PAGE = 1000;
const NO_BUCKET: ListPage = { objects: [], more: false, isBucketMissing: true };

export function* listPage(folder: StoreFolder, request: ListRequest): Steps<ListPage> {
  const { bucket, limit = LARGEST_PAGE } = request;
  const bucketFolder = bucketFolderOf(yield* folder.root(), bucket);
  if (!(yield* requireBucket(folder, bucketFolder))) return NO_BUCKET;
  const size = Math.min(Math.max(limit, 1), LARGEST_PAGE);
  const walk = new Walk(folder, bucket, rangeOf(request));
  yield* walk.start(bucketFolder);
  const objects: ListedObject[] = [];
  for (let found = walk.next(); found !== undefined; found = walk.next()) {
    if (found.isFolder) {
      yield* walk.open(found.key, found.path, found.position);
      continue;
    }
    if (objects.length === size) return { objects, more: true };
    const object = yield* describe(folder, bucket, found);
    // An object may be deleted after its folder was read. One that got its other name may appear twice.
    if (object !== undefined && object.key !== objects.at(-1)?.key) objects.push(object);
  }
  return { objects, more: false };
}

function rangeOf({ prefix = "", startAfter = "" }: ListRequest): Range {
  const [prefixOrder, afterOrder] = [byteOrder(prefix), byteOrder(startAfter)];
  return prefixOrder > afterOrder
    ? { prefix, from: prefix, fromOrder: prefixOrder, afterOrder }
    : { prefix, from: startAfter, fromOrder: afterOrder, afterOrder };
}

/**
 * Finds the files and folders of a range in the order of their keys. A folder is opened only when it is the first of all in that
 * order. That gives the right order for any names, and opens no folder that the page doesn't need.
 */
class Walk {
  readonly #folder: StoreFolder;
  readonly #bucket: string;
  readonly #range: Range;
  readonly #cursors = smallestFirst<Cursor>();

  constructor(folder: StoreFolder, bucket: string, range: Range) {
    this.#folder = folder;
    this.#bucket = bucket;
    this.#range = range;
  }

  /** Begins in the folder that all keys with the prefix are in. */
  *start(bucketFolder: string): Steps<void> {
    const { prefix } = this.#range;
    const names = prefix.split("/").slice(0, -1).flatMap(encodeSegment);
    const start = prefix.slice(0, prefix.lastIndexOf("/") + 1);
    const path = join(bucketFolder, ...names);
    if (keyProblem(start || "a") !== undefined) return;
    if (yield* this.#folder.disk.folders.exists(path)) yield* this.open(start, path);
  }

  next(): Found | undefined {
    for (;;) {
      const cursor = this.#cursors.take();
      if (cursor === undefined) return undefined;
      const { start, key, order } = cursor;
      const name = cursor.names[cursor.index];
      if (name === undefined) {
        const position = afterName(cursor.names.at(-1) ?? "");
        return { key: start, path: cursor.path, isFolder: true, position, isOrdinary: false };
      }
      cursor.index += 1;
      this.#add(cursor);
      const path = cursor.path + sep + name;
      const isFolder = name.endsWith("/");
      if (isFolder) return { key, path: path.slice(0, -1), isFolder, isOrdinary: false };
      if (order > this.#range.afterOrder)
        return { key, path, isFolder, isOrdinary: cursor.isOrdinary && isOrdinary(name) };
    }
  }

  /** Goes on in a folder too, at this position or at the beginning of the range. */
  *open(start: string, path: string, position?: string): Steps<void> {
    const { from, fromOrder } = this.#range;
    const isInside = from.startsWith(start);
    if (!isInside && fromOrder > byteOrder(start)) return;
    const rest = isInside ? from.slice(start.length) : "";
    const first = position ?? byteOrder(rest);
    const sorted = yield* this.#folder.names.read(path, first);
    const isOrdinary = yield* this.#isOrdinary(start, path);
    const folder = { start, path, isOrdinary, key: start, order: "" };
    this.#add({ ...folder, ...sorted, index: firstFrom(sorted.names, first) });
    if (position === undefined) yield* this.#addFoldersAtStart(folder, rest);
  }

  /** A folder that the range begins in comes before the range in order. */
  *#addFoldersAtStart(
    folder: Omit<Cursor, keyof SortedNames | "index">,
    rest: string,
  ): Steps<void> {
    for (const name of foldersAtStart(rest)) {
      if (textOf(`${name}/`) === rest) continue;
      const stats = yield* this.#folder.disk.calls.lstat(folder.path + sep + name);
      if (stats?.isDirectory())
        this.#add({ ...folder, names: [`${name}/`], isToEnd: true, index: 0 });
    }
  }

  /** Whether the keys that begin with `start` give their folder this path. */
  *#isOrdinary(start: string, path: string): Steps<boolean> {
    const ref = { bucket: this.#bucket, key: `${start}a` };
    if (keyProblem(ref.key) !== undefined) return false;
    return (yield* this.#folder.place(ref)).parent === path;
  }

  /** Goes on at the next name of a folder, unless the range has ended. */
  #add(cursor: Cursor): void {
    const name = cursor.names[cursor.index];
    if (name === undefined) {
      if (!cursor.isToEnd) this.#cursors.add([cursor]);
      return;
    }
    const { prefix } = this.#range;
    const key = cursor.start + textOf(name);
    const mayHold = key.startsWith(prefix) || (name.endsWith("/") && prefix.startsWith(key));
    if (!mayHold) return;
    cursor.key = key;
    cursor.order = byteOrder(key);
    this.#cursors.add([cursor]);
  }
}

/** A key of this many UTF-16 units is never too long in UTF-8. */
const SHORT = 341;

/** The object of a file; `undefined` if it is gone, or if no key gives its file this name. */
function* describe(
  folder: StoreFolder,
  bucket: string,
  { key, path, isOrdinary }: Found,
): Steps<ListedObject | undefined> {
  if (isOrdinary && key.length <= SHORT) {
    const stats = yield* folder.disk.calls.quickLstat(path);
    if (stats?.isFile()) return { key, size: stats.size, lastModified: quickLastModified(stats) };
  }
  if (keyProblem(key) !== undefined) return undefined;
  const { file } = yield* locate(folder.disk.calls, yield* folder.place({ bucket, key }));
  return file && { key, size: Number(file.stats.size), lastModified: lastModified(file.stats) };
}
