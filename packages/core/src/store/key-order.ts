/**
 * Orders strings as their UTF-8 bytes are ordered, which is the order of their code points. JavaScript's
 * own `<` compares UTF-16 units and puts emoji (surrogates, from D800) before U+E000 to U+FFFF.
 */
export function compareByteOrder(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const difference = rank(left.charCodeAt(index)) - rank(right.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Moves surrogates behind the other units, where their code points belong. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** A set of keys in byte order. Adding, deleting and finding cost next to nothing among 100,000 others. */
export interface SortedKeys {
  add(key: string): void;
  delete(key: string): void;
  /** The keys that are not before `start`, ascending; not to be changed while being read. */
  from(start: string): Iterable<string>;
}

/** Full, it is cut in two. Short enough that moving its keys is cheap, long enough that chunks are few. */
const CHUNK_KEYS = 1_000;

export function sortedKeys(): SortedKeys {
  const chunks: string[][] = [];

  /** The only chunk that may hold the key: the last that doesn't begin after it. */
  const chunkFor = (key: string): number =>
    Math.max(
      0,
      firstIndex(chunks, ([first]) => first === undefined || compareByteOrder(first, key) > 0) - 1,
    );

  return {
    add(key) {
      const at = chunkFor(key);
      const chunk = chunks[at];
      if (chunk === undefined) return void chunks.push([key]);
      const place = placeOf(chunk, key);
      if (chunk[place] === key) return;
      chunk.splice(place, 0, key);
      if (chunk.length > CHUNK_KEYS) chunks.splice(at + 1, 0, chunk.splice(CHUNK_KEYS / 2));
    },
    delete(key) {
      const at = chunkFor(key);
      const chunk = chunks[at];
      if (chunk === undefined) return;
      const place = placeOf(chunk, key);
      if (chunk[place] !== key) return;
      chunk.splice(place, 1);
      if (chunk.length === 0) chunks.splice(at, 1);
    },
    *from(start) {
      const at = chunkFor(start);
      for (const [index, chunk] of chunks.slice(at).entries()) {
        yield* index === 0 ? chunk.slice(placeOf(chunk, start)) : chunk;
      }
    },
  };
}

function placeOf(chunk: readonly string[], key: string): number {
  return firstIndex(chunk, (other) => compareByteOrder(other, key) >= 0);
}

/** The index of the first for which `holds`, else how many there are; what holds for one holds for all later ones. */
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
