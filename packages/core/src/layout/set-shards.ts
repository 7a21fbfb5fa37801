import { checkCanShard, isShardNumber, MOST_SHARDS } from "../codec/shard.js";
import { KeywhenError } from "../keywhen-error.js";
import type { CallContext, ResolvedHome } from "../options/home.js";
import { FIRST_INSTANT_MS } from "../time/instant.js";
import { type Layout, type NumberInUse, shardsAt } from "./layout.js";
import { changeLayout, type DatedLayout, type LayoutChange } from "./layout-object.js";

/** What became of a `setShards` call. Writers use the number from `from` on, or use it already (`unchanged`). */
export type ShardsSet = {
  readonly outcome: "set" | "unchanged";
  readonly shards: number;
  readonly from: Date;
};

/** How long ahead a number is announced: twice as long as a layout is believed. */
const ANNOUNCED_MS = 1_200_000;

/** Announces a number of shards to all that read the layout. What is written already stays where it is. */
export async function setShards(context: CallContext, shards: number): Promise<ShardsSet> {
  checkShardNumber(context, shards);
  let announced: NumberInUse | undefined; // by a write of ours whose answer is missing
  const decide = async (reading: DatedLayout): Promise<LayoutChange<ShardsSet>> => {
    const layout = reading.layout ?? replacement(reading.nowMs);
    const last = layout.numbers.at(-1) ?? { shards: 0, fromMs: reading.nowMs };
    if (reading.layout !== undefined && last.shards === shards) {
      const isOurs = announced?.fromMs === last.fromMs;
      return { result: resultOf(isOurs ? "set" : "unchanged", last) };
    }
    announced = { shards, fromMs: reading.nowMs + ANNOUNCED_MS };
    const numbers = [...withoutRepeats(layout, reading.nowMs), announced];
    return { result: resultOf("set", announced), write: { numbers } };
  };
  return changeLayout(context, decide);
}

/** Replaces an object that can't be read. It may have held any number, so all shards are looked into from now on. */
function replacement(nowMs: number): Layout {
  return {
    numbers: [
      { shards: MOST_SHARDS, fromMs: FIRST_INSTANT_MS },
      { shards: 0, fromMs: nowMs },
    ],
  };
}

function resultOf(outcome: ShardsSet["outcome"], { shards, fromMs }: NumberInUse): ShardsSet {
  return { outcome, shards, from: new Date(fromMs) };
}

/** Leaves out earlier entries of the number that writers use now. */
function withoutRepeats(layout: Layout, nowMs: number): readonly NumberInUse[] {
  const current = shardsAt(layout, nowMs);
  const begun = layout.numbers.findLast(({ fromMs }) => fromMs <= nowMs);
  return layout.numbers.filter(
    (number) => number.shards !== current || number.fromMs > nowMs || number === begun,
  );
}

export function checkShardNumber({ codec }: ResolvedHome, shards: number): void {
  checkCanShard(codec);
  if (isShardNumber(shards)) return;
  throw new KeywhenError(
    "invalid-option",
    `${shards} can't be a number of shards: give a whole number up to ${MOST_SHARDS}; 0 for none.`,
  );
}
