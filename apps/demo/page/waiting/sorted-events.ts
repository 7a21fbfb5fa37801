/** Ids begin with their instant, so the order of ids is the order of time. */
interface Identified {
  readonly id: string;
}

/** Returns the list with `added` and without `goneIds`, in the order of ids; the same list if nothing changes. */
export function changed<T extends Identified>(
  events: readonly T[],
  added: readonly T[],
  goneIds: ReadonlySet<string>,
): readonly T[] {
  if (added.length === 0 && goneIds.size === 0) return events;
  const replaced = new Set([...goneIds, ...added.map((event) => event.id)]);
  const kept = events.filter((event) => !replaced.has(event.id));
  const sorted = [...added].sort(byId);
  return merged(kept, sorted);
}

function merged<T extends Identified>(left: readonly T[], right: readonly T[]): T[] {
  const all: T[] = [];
  let next = 0;
  for (const event of left) {
    for (let other = right[next]; other && other.id < event.id; other = right[++next])
      all.push(other);
    all.push(event);
  }
  return all.concat(right.slice(next));
}

function byId(one: Identified, other: Identified): number {
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0;
}
