/**
 * Compares strings by their UTF-8 bytes, as code points are ordered. JavaScript's `<` compares UTF-16 units and puts emoji
 * (surrogates, from D800) before U+E000 to U+FFFF.
 */
export function compareByteOrder(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const difference = rank(left.charCodeAt(index)) - rank(right.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Moves surrogates after the other units, where their code points belong. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** A longer chunk is cut in two. Short enough that moving its keys is cheap, long enough that chunks are few. */
const CHUNK_KEYS = 1_000;

/** A set of keys in byte order. It adds, deletes and finds a key quickly among 100,000 others. */
export class SortedKeys {
  readonly #chunks: string[][] = [];

  add(key: string): void {
    const { at, chunk, place } = this.#placeOf(key);
    if (chunk[place] === key) return;
    chunk.splice(place, 0, key);
    if (chunk.length > CHUNK_KEYS) this.#chunks.splice(at + 1, 0, chunk.splice(CHUNK_KEYS / 2));
  }

  delete(key: string): void {
    const { at, chunk, place } = this.#placeOf(key);
    if (chunk[place] !== key) return;
    chunk.splice(place, 1);
    if (chunk.length === 0) this.#chunks.splice(at, 1);
  }

  /** The keys that are not before `start`, ascending. Must not be changed while it is read. */
  *from(start: string): Iterable<string> {
    const { at, chunk, place } = this.#placeOf(start);
    yield* chunk.slice(place);
    for (const later of this.#chunks.slice(at + 1)) yield* later;
  }

  /** The only chunk that may contain the key (the last one that doesn't begin after it), and the key's place in it. */
  #placeOf(key: string) {
    const after = firstIndex(this.#chunks, ([first = ""]) => compareByteOrder(first, key) > 0);
    const at = Math.max(0, after - 1);
    this.#chunks[at] ??= [];
    const chunk = this.#chunks[at];
    const place = firstIndex(chunk, (other) => compareByteOrder(other, key) >= 0);
    return { at, chunk, place };
  }
}

/** The index of the first item that `holds` is true of, or the length. It must be true of all later items as well. */
function firstIndex<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item === undefined || holds(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}
