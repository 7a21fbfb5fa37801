/** One shard's events in the order of their keys, which are made on demand. */
export interface ShardEvents {
  readonly count: number;
  key(position: number): string;
  /** Where the key stands; -1 for what sorts before all of them. */
  positionOf(key: string): number;
  targetOf(targetKey: string): number;
}

export type Targets =
  /** All in one partition. */
  | "one"
  /** A partition for each shard. */
  | "own"
  /** Over all, in random order: instants differ by up to a second. */
  | "mixed"
  /** Over all, one after the other: events of one instant sort by target. */
  | "sorted";

export interface ShardPlan {
  readonly shard: number;
  readonly count: number;
  /** As many target partitions as shards. */
  readonly shards: number;
  readonly targets: Targets;
  readonly dueMs: number;
  readonly prefix: string;
}

const SPREAD_MS = 1_000;
const DIGITS = 7;

export function shardEvents({
  shard,
  count,
  shards,
  targets,
  dueMs,
  prefix,
}: ShardPlan): ShardEvents {
  const msOf = (position: number) =>
    targets === "mixed" ? dueMs - SPREAD_MS + Math.floor((position * SPREAD_MS) / count) : dueMs;
  const targetAt = (position: number) => {
    if (targets === "one") return 0;
    if (targets === "own") return shard;
    if (targets === "sorted") return Math.floor((position * shards) / count);
    return scattered(position, shard) % shards;
  };
  return {
    count,
    key(position) {
      const when = new Date(msOf(position)).toISOString();
      const number = String(position).padStart(DIGITS, "0");
      // The number first: as random as many instants.
      const target = String(targetAt(position)).padStart(2, "0");
      const key = targets === "mixed" ? `${number}-${target}` : `${target}-${number}`;
      return `${prefix}${when}|out|${key}|${number}${String(shard).padStart(5, "0")}`;
    },
    positionOf(key) {
      const id = key.split("|")[3];
      return id === undefined ? -1 : Number(id.slice(0, DIGITS));
    },
    targetOf(targetKey) {
      const [first = "", second = ""] = targetKey.split("-");
      return Number(targets === "mixed" ? second : first);
    },
  };
}

function scattered(position: number, shard: number): number {
  const mixed = Math.imul(position + 1, 0x9e3779b1) ^ Math.imul(shard + 1, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
