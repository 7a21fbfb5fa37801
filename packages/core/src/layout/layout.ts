import { MOST_SHARDS } from "../codec/shard.js";

/** A number of shards that is in use. */
export interface NumberInUse {
  /** 0: none, events lie in `pending/`. */
  readonly shards: number;
  /** From this instant on writers use it, until the next one's. */
  readonly fromMs: number;
}

/** Every number of shards whose events may wait, by rising `fromMs`. */
export interface Layout {
  readonly numbers: readonly NumberInUse[];
}

/** Nothing was ever said of shards. */
export const UNSHARDED: Layout = { numbers: [] };

/** A layout that can't be read: any shard may hold events. */
export const ANY_SHARDS: Layout = {
  numbers: [{ shards: MOST_SHARDS, fromMs: Number.NEGATIVE_INFINITY }],
};

/** The number that writers use at an instant. */
export function shardsAt({ numbers }: Layout, nowMs: number): number {
  return numbers.findLast(({ fromMs }) => fromMs <= nowMs)?.shards ?? 0;
}

/** How many shards hold events: those of a smaller number are among those of a larger one. */
export function shardCount({ numbers }: Layout): number {
  return Math.max(0, ...numbers.map(({ shards }) => shards));
}

/** The layout and a number that somebody was told. */
export function withNumber(layout: Layout, shards: number): Layout {
  if (layout.numbers.some((number) => number.shards === shards)) return layout;
  return { numbers: [{ shards, fromMs: Number.NEGATIVE_INFINITY }, ...layout.numbers] };
}
