import type { BigIntStats, Dirent } from "node:fs";
import { ifThere } from "./errno.js";
import { decodeFileName, decodeName } from "./file-names.js";
import { type Steps, waitFor } from "./steps.js";
import type { SystemCalls } from "./system-calls.js";

/** The names in a folder in the order of their keys. That of a folder ends in `/`, which no name contains. */
export interface SortedNames {
  readonly all: readonly string[];
  readonly folders: readonly string[];
}

interface Snapshot {
  readonly version: string;
  readonly names: SortedNames;
}

/** How many names are kept in memory, of all folders together: 100,000 take about 10 MB. */
const MOST_KEPT = 100_000;
/** A folder may change again at the same recorded instant: file systems record it by a clock that ticks every 1 to 10 ms. */
const TICK_MS = 25;
/** Where it has no fraction of a millisecond, it may be recorded in seconds, or every 2 s. */
const COARSE_TICK_MS = 2_100;

/**
 * The sorted names in folders. They are read again only when the folder has changed by its own record, its modification time. Names
 * are kept only if no later change can have the same time.
 */
export class FolderNames {
  readonly #calls: SystemCalls;
  readonly #isLocal: boolean;
  readonly #kept = new Map<string, Snapshot>();
  #keptCount = 0;

  constructor(calls: SystemCalls, { isLocal }: { readonly isLocal: boolean }) {
    this.#calls = calls;
    this.#isLocal = isLocal;
  }

  /** None if the folder is missing. */
  *read(path: string): Steps<SortedNames> {
    const stats = yield* this.#calls.lstat(path);
    if (stats === undefined) return { all: [], folders: [] };
    const version = versionOf(stats);
    const kept = this.#kept.get(path);
    if (kept?.version === version) return kept.names;
    this.#forget(path);
    const mayKeep = this.#isLocal && Date.now() - Number(stats.mtimeNs) / 1e6 > tickMsOf(stats);
    const found = (yield* ifThere(waitFor(this.#calls.readdir(path)))) ?? [];
    const names = sortedNames(found);
    if (mayKeep) this.#keep(path, { version, names });
    return names;
  }

  #keep(path: string, snapshot: Snapshot): void {
    if (snapshot.names.all.length > MOST_KEPT) return;
    this.#forget(path);
    for (const oldest of this.#kept.keys()) {
      if (this.#keptCount + snapshot.names.all.length <= MOST_KEPT) break;
      this.#forget(oldest);
    }
    this.#kept.set(path, snapshot);
    this.#keptCount += snapshot.names.all.length;
  }

  #forget(path: string): void {
    this.#keptCount -= this.#kept.get(path)?.names.all.length ?? 0;
    this.#kept.delete(path);
  }
}

function versionOf({ ino, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${ino} ${mtimeNs} ${ctimeNs}`;
}

function tickMsOf({ mtimeNs }: BigIntStats): number {
  return mtimeNs % 1_000_000n === 0n ? COARSE_TICK_MS : TICK_MS;
}

function sortedNames(found: readonly Dirent[]): SortedNames {
  const names: { readonly order: string; readonly name: string }[] = [];
  for (const one of found) {
    if (!one.isDirectory() && !one.isFile()) continue;
    const name = one.isDirectory() ? `${one.name}/` : one.name;
    const text = textOf(name);
    if (text !== undefined) names.push({ order: byteOrder(text), name });
  }
  names.sort((a, b) => (a.order < b.order ? -1 : 1));
  const all = names.map(({ name }) => name);
  return { all, folders: all.filter((name) => name.endsWith("/")) };
}

/** What the key goes on with at this name. That of a folder ends in `/`, unless a long segment goes on in it. */
export function textOf(name: string): string | undefined {
  if (!name.endsWith("/")) return decodeFileName(name);
  const decoded = decodeName(name.slice(0, -1));
  return decoded && (decoded.goesOn ? decoded.text : `${decoded.text}/`);
}

/** The index of the first name whose text is this one, or after it in order. */
export function firstFrom(names: readonly string[], order: string): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (byteOrder(textOf(names[middle] ?? "") ?? "") < order) low = middle + 1;
    else high = middle;
  }
  return low;
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
