import type { BigIntStats, Dirent } from "node:fs";
import { ifThere } from "./errno.js";
import { decodeFileName, decodeName } from "./file-names.js";
import { isTickOver } from "./mtime-tick.js";
import type { Steps } from "./steps.js";
import type { SystemCalls } from "./system-calls.js";

/** Names in a folder in the order of their keys, from some point on. That of a folder ends in `/`, which no name contains. */
export interface SortedNames {
  readonly names: readonly string[];
  /** Whether there are no names after them. */
  readonly isToEnd: boolean;
}

interface Snapshot extends SortedNames {
  readonly version: string;
  /** It has all names from this position on. */
  readonly from: string;
}

interface FolderNamesOptions {
  readonly isLocal: boolean;
  readonly mostOfFolder?: number;
  readonly mostKept?: number;
}

interface Positioned {
  readonly position: string;
  readonly name: string;
}

/** How many names are kept of the folder that was read last, with their positions: they take about 300 bytes each. */
const MOST_OF_LAST = 20_000;
/** How many names of one folder are used at a time. */
const MOST_OF_FOLDER = 100_000;
/** How many names are kept in memory, of all folders together: they take about 100 bytes each. */
const MOST_KEPT = 150_000;
/**
 * The sorted names in folders. They are read again only when the folder has changed by its own record, its modification time. Names
 * are kept only if no later change can have the same time.
 */
export class FolderNames {
  readonly #calls: SystemCalls;
  readonly #isLocal: boolean;
  readonly #kept = new Map<string, Snapshot>();
  #last: { readonly path: string; readonly sorted: readonly Positioned[] } | undefined;
  #keptCount = 0;

  readonly #mostOfFolder: number;
  readonly #mostKept: number;

  constructor(
    calls: SystemCalls,
    { isLocal, mostOfFolder = MOST_OF_FOLDER, mostKept = MOST_KEPT }: FolderNamesOptions,
  ) {
    this.#calls = calls;
    this.#isLocal = isLocal;
    this.#mostOfFolder = mostOfFolder;
    this.#mostKept = mostKept;
  }

  /** The names from this position on (a text in byte order, or `afterName`); none if the folder is missing. */
  *read(path: string, from: string): Steps<SortedNames> {
    const stats = yield* this.#calls.lstat(path);
    if (stats === undefined) return { names: [], isToEnd: true };
    const version = versionOf(stats);
    const kept = this.#kept.get(path);
    if (kept?.version === version && hasFrom(kept, from)) return kept;
    this.#forget(path);
    const mayKeep = this.#isLocal && isTickOver(stats);
    const found = (yield* ifThere(this.#calls.readdir(path, stats.size))) ?? [];
    const snapshot = { version, ...this.#firstNames(this.#sort(path, found), from) };
    if (mayKeep) this.#keep(path, snapshot);
    return snapshot;
  }

  /** Names that the last reading of this folder had are in order already. To sort again what has two runs takes few comparisons. */
  #sort(path: string, found: readonly Dirent[]): readonly Positioned[] {
    const names = new Set<string>();
    for (const one of found) {
      if (one.isDirectory()) names.add(`${one.name}/`);
      else if (one.isFile()) names.add(one.name);
    }
    const before = this.#last?.path === path ? this.#last.sorted : [];
    const sorted = before.filter(({ name }) => names.delete(name));
    for (const name of names) {
      const text = textOf(name);
      if (text !== undefined) sorted.push({ position: positionOf(name, text), name });
    }
    sorted.sort((a, b) => (a.position < b.position ? -1 : 1));
    this.#last = sorted.length > MOST_OF_LAST ? undefined : { path, sorted };
    return sorted;
  }

  #firstNames(
    sorted: readonly Positioned[],
    from: string,
  ): Pick<Snapshot, "names" | "isToEnd" | "from"> {
    const names = sorted.map(({ name }) => name);
    if (names.length <= this.#mostOfFolder) return { names, isToEnd: true, from: "" };
    const first = firstFrom(names, from);
    const end = first + this.#mostOfFolder;
    return { names: names.slice(first, end), isToEnd: end >= names.length, from };
  }

  #keep(path: string, snapshot: Snapshot): void {
    const size = sizeOf(snapshot);
    for (const oldest of this.#kept.keys()) {
      if (this.#keptCount + size <= this.#mostKept) break;
      this.#forget(oldest);
    }
    this.#kept.set(path, snapshot);
    this.#keptCount += size;
  }

  #forget(path: string): void {
    const kept = this.#kept.get(path);
    if (kept === undefined) return;
    this.#keptCount -= sizeOf(kept);
    this.#kept.delete(path);
  }
}

/** In names. A folder's own path and time take as much memory as a few. */
function sizeOf({ names }: Snapshot): number {
  return names.length + 5;
}

function versionOf({ ino, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${ino} ${mtimeNs} ${ctimeNs}`;
}

function hasFrom({ names, isToEnd, from }: Snapshot, position: string): boolean {
  return from <= position && (isToEnd || position < positionOf(names.at(-1) ?? ""));
}

/** What the key goes on with at this name. That of a folder ends in `/`, unless a long segment goes on in it. */
export function textOf(name: string): string | undefined {
  if (!name.endsWith("/")) return decodeFileName(name);
  const decoded = decodeName(name.slice(0, -1));
  return decoded && (decoded.goesOn ? decoded.text : `${decoded.text}/`);
}

/** The index of the first name at this position, or after it. */
export function firstFrom(names: readonly string[], position: string): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (positionOf(names[middle] ?? "") < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The position immediately after a name. */
export function afterName(name: string): string {
  return `${positionOf(name)}\0`;
}

/** Names are sorted by their texts, and by themselves where several have one text: `a` and `a%file`. */
function positionOf(name: string, text = textOf(name) ?? ""): string {
  return `${byteOrder(text)}\0${name}`;
}

const UNORDERED = /[\ud800-\uffff]/g;

/**
 * A string that compares by `<` as the UTF-8 bytes of `key` compare, which is the order of object stores. JavaScript compares
 * UTF-16 units. The two orders differ only in that surrogates come before U+E000–U+FFFF in UTF-16 and after them in UTF-8.
 */
export function byteOrder(key: string): string {
  return key.replace(UNORDERED, (unit) => {
    const code = unit.charCodeAt(0);
    return String.fromCharCode(code >= 0xe000 ? code - 0x800 : code + 0x2000);
  });
}
