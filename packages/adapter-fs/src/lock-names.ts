import type { ObjectRef } from "@keywhen/core/store";

const HASH_LENGTH = 8;
/** How many different hashes there are: as many as fit in that many characters. */
const HASHES = 36 ** HASH_LENGTH;
/** Of one name, which then has at most 220 bytes. */
const MOST_HASHES = 24;

/**
 * A short hash of an object, the same in every process. Two objects may have the same one; then their calls only wait for each other.
 */
export function lockHash({ bucket, key }: ObjectRef): string {
  let [high, low] = [0x9e3779b9, 0x85ebca6b];
  const text = `${bucket}/${key}`;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    low = Math.imul(low ^ unit, 0x5f356495);
  }
  high = Math.imul(high ^ (high >>> 15), 0x735a2d97) ^ Math.imul(low ^ (low >>> 15), 0xcaf649a9);
  const number = (high >>> 0) * 2 ** 21 + (low >>> 11);
  return (number % HASHES).toString(36).padStart(HASH_LENGTH, "0");
}

/** The names of the links by which a process locks objects: `<owner>-<number>-<hashes>`. */
export function lockNames(owner: string, number: number, hashes: Iterable<string>): string[] {
  const all = [...hashes];
  const names: string[] = [];
  for (let i = 0; i < all.length; i += MOST_HASHES) {
    const some = all.slice(i, i + MOST_HASHES).join("");
    names.push(`${lockPrefix(owner)}${number.toString(36)}.${names.length.toString(36)}-${some}`);
  }
  return names;
}

/** What the names of all locks of a process begin with. */
export function lockPrefix(owner: string): string {
  return `${owner}-`;
}

/** Those of these hashes that a lock's name has. */
export function hashesIn(name: string, wanted: ReadonlySet<string>): string[] {
  const hashes = name.slice(name.lastIndexOf("-") + 1);
  const found: string[] = [];
  for (let i = 0; i < hashes.length; i += HASH_LENGTH) {
    const hash = hashes.slice(i, i + HASH_LENGTH);
    if (wanted.has(hash)) found.push(hash);
  }
  return found;
}
