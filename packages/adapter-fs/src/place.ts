import { Buffer } from "node:buffer";
import { join, sep } from "node:path";
import type { NameLimits, ObjectRef } from "@keywhen/core/store";
import { adjacentFolder, encodeSegment } from "./file-names.js";
import { lockHash } from "./lock-names.js";
import { fault } from "./store-errors.js";

export const NAME_LIMITS: NameLimits = { keyBytes: 1024, bucketCharacters: 200 };

/** The folder for everything but objects. It is next to the buckets, usually on the same device. */
export const CONTROL_FOLDER = ".keywhen";

/** The paths of an object, which may not exist. All paths are absolute. */
export interface Place {
  readonly ref: ObjectRef;
  /** The store's folder. */
  readonly root: string;
  readonly bucketFolder: string;
  /** The folders between bucket and file, outermost first. */
  readonly folders: readonly ObjectFolder[];
  /** The folder that the file is in: the last of `folders`, or the bucket's. */
  readonly parent: string;
  /** The file, and its other name, which it has while a folder has the plain one. */
  readonly plain: string;
  readonly adjacent: string;
  /** The object's sidecars are named so, with their stamp behind. */
  readonly sidecar: string;
  /** The folders between those of all sidecars and this one, outermost first. */
  readonly sidecarFolders: readonly string[];
  /** What the object is locked by. */
  readonly lock: string;
}

interface ObjectFolder {
  readonly path: string;
  /** The object that would have this path if no folder had it. */
  readonly ref: ObjectRef | undefined;
}

/** What the places of all objects in one folder share, by bucket and folder. */
export type FolderPlaces = Map<string, FolderPlace>;

interface FolderPlace
  extends Pick<Place, "bucketFolder" | "folders" | "parent" | "sidecarFolders"> {
  readonly sidecarParent: string;
}

/** The paths of this many folders are remembered. Then all are forgotten. */
const MOST_REMEMBERED = 1_000;

export function placeOf(root: string, ref: ObjectRef, known: FolderPlaces = new Map()): Place {
  const problem = keyProblem(ref.key);
  if (problem !== undefined) throw fault("invalid-key", problem);
  const names = encodeSegment(ref.key.slice(ref.key.lastIndexOf("/") + 1));
  const pieces = names.length === 1 ? NO_PIECES : names.slice(0, -1);
  const folder = folderPlaceOf(root, ref, pieces, known);
  return new PlaceInFolder(root, ref, folder, names.at(-1) ?? "");
}

const NO_PIECES: readonly string[] = [];

class PlaceInFolder implements Place {
  readonly root: string;
  readonly ref: ObjectRef;
  readonly plain: string;
  readonly adjacent: string;
  readonly sidecar: string;
  readonly #folder: FolderPlace;
  #lock: string | undefined; // readers need none

  constructor(root: string, ref: ObjectRef, folder: FolderPlace, name: string) {
    this.root = root;
    this.ref = ref;
    this.plain = folder.parent + sep + name;
    this.adjacent = adjacentFolder(this.plain);
    this.sidecar = folder.sidecarParent + sep + name;
    this.#folder = folder;
  }

  get bucketFolder() {
    return this.#folder.bucketFolder;
  }

  get folders() {
    return this.#folder.folders;
  }

  get parent() {
    return this.#folder.parent;
  }

  get sidecarFolders() {
    return this.#folder.sidecarFolders;
  }

  get lock() {
    this.#lock ??= lockHash(this.ref);
    return this.#lock;
  }
}

/** The folder of an object, which depends on the key up to its last `/` and on the beginning of a long last segment. */
function folderPlaceOf(
  root: string,
  ref: ObjectRef,
  pieces: readonly string[],
  known: FolderPlaces,
): FolderPlace {
  const above = ref.key.slice(0, ref.key.lastIndexOf("/") + 1);
  const id = `${ref.bucket}\0${above}\0${pieces.length === 0 ? "" : pieces.join("\0")}`;
  const remembered = known.get(id);
  if (remembered !== undefined) return remembered;
  const bucketFolder = bucketFolderOf(root, ref.bucket);
  const bucketSidecars = join(root, CONTROL_FOLDER, "meta", ref.bucket);
  const folders = foldersOf(ref);
  const names = folders.map(({ name }) => name);
  const place = {
    bucketFolder,
    folders: folders.map((folder, i) => ({
      ref: folder.ref,
      path: nested(bucketFolder, names, i),
    })),
    parent: join(bucketFolder, ...names),
    sidecarParent: join(bucketSidecars, ...names),
    sidecarFolders: [bucketSidecars, ...folders.map((_, i) => nested(bucketSidecars, names, i))],
  };
  if (known.size >= MOST_REMEMBERED) known.clear();
  known.set(id, place);
  return place;
}

function nested(base: string, names: readonly string[], depth: number): string {
  return join(base, ...names.slice(0, depth + 1));
}

function foldersOf({
  bucket,
  key,
}: ObjectRef): readonly { name: string; ref: ObjectRef | undefined }[] {
  const segments = key.split("/");
  return segments.flatMap((segment, depth) => {
    const names = encodeSegment(segment);
    const isLast = depth === segments.length - 1;
    const whole = segments.slice(0, depth + 1).join("/");
    const object = whole === "" ? undefined : { bucket, key: whole };
    return (isLast ? names.slice(0, -1) : names).map((name, piece) => ({
      name,
      ref: piece === names.length - 1 ? object : undefined,
    }));
  });
}

/** The folder of a bucket. Throws `invalid-key` unless the name is one plain, visible name. */
export function bucketFolderOf(root: string, bucket: string): string {
  const problem = bucketProblem(bucket);
  if (problem !== undefined) throw fault("invalid-key", problem);
  return join(root, bucket);
}

/** Returns why no object of this bucket and key can be a file, or undefined. */
export function nameProblem({ bucket, key }: ObjectRef): string | undefined {
  return bucketProblem(bucket) ?? keyProblem(key);
}

/** Returns the problem of a bucket's name, or undefined. */
export function bucketProblem(bucket: string): string | undefined {
  const plain = !bucket.startsWith(".") && !bucket.includes("/") && bucket.isWellFormed();
  if (plain && encodeSegment(bucket)[0] === bucket) return undefined;
  return (
    `the bucket ${JSON.stringify(bucket)} can't be a folder: its name must have 1 to 200 bytes, ` +
    'not begin with a dot, not end in a dot or space, and hold none of / \\ % : * ? " < > |'
  );
}

/** Returns the problem of a key, or undefined. */
export function keyProblem(key: string): string | undefined {
  if (key === "") return "the key is empty";
  if (key.includes("\0")) return "the key has a NUL character";
  if (!key.isWellFormed()) return "the key contains a lone surrogate (half of a character)";
  const bytes = Buffer.byteLength(key);
  if (bytes <= NAME_LIMITS.keyBytes) return undefined;
  return `the key has ${bytes} bytes; the limit is ${NAME_LIMITS.keyBytes}`;
}
