import type { BigIntStats } from "node:fs";
import { join, sep } from "node:path";
import type { ListedObject, ListPage, ListRequest } from "@keywhen/core/store";
import { encodeSegment, isOrdinary } from "./file-names.js";
import { byteOrder, firstFrom, textOf } from "./folder-names.js";
import { requireBucket } from "./folders.js";
import { lastModified, locate } from "./object-file.js";
import { bucketFolderOf, keyProblem } from "./place.js";
import { smallestFirst } from "./smallest-first.js";
import type { Steps } from "./steps.js";
import type { StoreFolder } from "./store-folder.js";

/** How far a folder has been listed. All its keys begin with `start`. */
interface Cursor {
  readonly start: string;
  readonly path: string;
  /** Whether keys give the folder this path. */
  readonly isOrdinary: boolean;
  readonly names: readonly string[];
  readonly index: number;
  /** The smallest key that the name at `index` can have, in byte order. */
  readonly order: string;
}

interface Range {
  readonly prefix: string;
  /** The later one of prefix and `startAfter`. */
  readonly from: string;
  readonly fromOrder: string;
  readonly afterOrder: string;
}

/** A file on the way through a bucket, with the key that its name gives. */
interface FoundFile {
  readonly key: string;
  readonly path: string;
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
  const files = new FilesInOrder(folder, bucket, rangeOf(request));
  yield* files.start(bucketFolder);
  const objects: ListedObject[] = [];
  for (;;) {
    const file = yield* files.next();
    if (file === undefined) return { objects, more: false };
    if (objects.length === size) return { objects, more: true };
    const object = yield* describe(folder, bucket, file);
    // An object may be deleted after its folder was read. One that got its other name may appear twice.
    if (object !== undefined && object.key !== objects.at(-1)?.key) objects.push(object);
  }
}

function rangeOf({ prefix = "", startAfter = "" }: ListRequest): Range {
  const [prefixOrder, afterOrder] = [byteOrder(prefix), byteOrder(startAfter)];
  return prefixOrder > afterOrder
    ? { prefix, from: prefix, fromOrder: prefixOrder, afterOrder }
    : { prefix, from: startAfter, fromOrder: afterOrder, afterOrder };
}

/**
 * Finds the files of a range in the order of their keys. A folder is opened only when it is the first of all in that order. That
 * gives the right order for any names of files and folders, and opens no folder that the page doesn't need.
 */
class FilesInOrder {
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
    if (yield* this.#folder.disk.folders.exists(path)) yield* this.#open(start, path);
  }

  *next(): Steps<FoundFile | undefined> {
    for (;;) {
      const cursor = this.#cursors.take();
      const name = cursor?.names[cursor.index];
      if (cursor === undefined || name === undefined) return undefined;
      this.#add(cursor, cursor.index + 1);
      const key = cursor.start + textOf(name);
      const path = cursor.path + sep + name;
      if (name.endsWith("/")) yield* this.#open(key, path.slice(0, -1));
      else if (cursor.order > this.#range.afterOrder)
        return { key, path, isOrdinary: cursor.isOrdinary && isOrdinary(name) };
    }
  }

  *#open(start: string, path: string): Steps<void> {
    const { from, fromOrder } = this.#range;
    const { all: names, folders } = yield* this.#folder.names.read(path);
    const folder = { start, path, isOrdinary: yield* this.#isOrdinary(start, path), names };
    if (!from.startsWith(start)) {
      if (fromOrder < byteOrder(start)) this.#add(folder, 0);
      return;
    }
    const rest = from.slice(start.length);
    this.#add(folder, firstFrom(names, byteOrder(rest)));
    // A folder that the range begins in comes before the range in order.
    for (const name of folders) {
      const text = textOf(name) ?? "";
      if (text !== rest && rest.startsWith(text)) this.#add({ ...folder, names: [name] }, 0);
    }
  }

  /** Whether the keys that begin with `start` give their folder this path. */
  *#isOrdinary(start: string, path: string): Steps<boolean> {
    const ref = { bucket: this.#bucket, key: `${start}a` };
    if (keyProblem(ref.key) !== undefined) return false;
    return (yield* this.#folder.place(ref)).parent === path;
  }

  /** Goes on with a folder at this name, unless the range has ended. */
  #add(folder: Omit<Cursor, "index" | "order">, index: number): void {
    const name = folder.names[index];
    if (name === undefined) return;
    const { prefix } = this.#range;
    const key = folder.start + textOf(name);
    const mayHold = key.startsWith(prefix) || (name.endsWith("/") && prefix.startsWith(key));
    if (!mayHold) return;
    this.#cursors.add([{ ...folder, index, order: byteOrder(key) }]);
  }
}

/** Keys of so many UTF-16 units are never too long in UTF-8. */
const SHORT = 341;

/** The object of a file; `undefined` if it is gone, or if no key gives its file this name. */
function* describe(
  folder: StoreFolder,
  bucket: string,
  { key, path, isOrdinary }: FoundFile,
): Steps<ListedObject | undefined> {
  if (isOrdinary && key.length <= SHORT) {
    const stats = yield* folder.disk.calls.lstat(path);
    if (stats?.isFile()) return listed(key, stats);
  }
  if (keyProblem(key) !== undefined) return undefined;
  const { file } = yield* locate(folder.disk.calls, yield* folder.place({ bucket, key }));
  return file && listed(key, file.stats);
}

function listed(key: string, stats: BigIntStats): ListedObject {
  return { key, size: Number(stats.size), lastModified: lastModified(stats) };
}
