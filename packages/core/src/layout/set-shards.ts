import { canShard, isShardNumber, MOST_SHARDS } from "../codec/shard.js";
import { KeywhenError } from "../keywhen-error.js";
import type { ResolvedHome } from "../options/home.js";
import { FIRST_INSTANT_MS } from "../time/instant.js";
import { type Layout, type NumberInUse, shardsAt } from "./layout.js";
import { changeLayout, type DatedLayout, type LayoutChange } from "./layout-object.js";

/** What became of a `setShards` call; writers use the number from `from` on, or have for long (`unchanged`). */
export type ShardsSet = {
  readonly outcome: "set" | "unchanged";
  readonly shards: number;
  readonly from: Date;
};

/** So long ahead a number is announced: twice as long as a layout is believed. */
const ANNOUNCED_MS = 1_200_000;

/** Announces a number of shards to all who read the layout. What is written already stays where it is. */
export async function setShards(
  home: ResolvedHome,
  shards: number,
  signal: AbortSignal | undefined,
): Promise<ShardsSet> {
  checkNumber(home, shards);
  let announced: NumberInUse | undefined; // by a write of ours whose answer is missing
  const decide = async (reading: DatedLayout): Promise<LayoutChange<ShardsSet>> => {
    const layout = reading.layout ?? anew(reading.nowMs);
    const last = layout.numbers.at(-1) ?? { shards: 0, fromMs: reading.nowMs };
    if (reading.layout !== undefined && last.shards === shards) {
      const isOurs = announced?.fromMs === last.fromMs;
      return { result: answer(isOurs ? "set" : "unchanged", last) };
    }
    announced = { shards, fromMs: reading.nowMs + ANNOUNCED_MS };
    const numbers = [...withoutRepeats(layout, reading.nowMs), announced];
    return { result: answer("set", announced), write: { numbers } };
  };
  return changeLayout(home, decide, signal);
}

/** What can't be read is written anew; as any number may have been in it, all are looked into from now on. */
function anew(nowMs: number): Layout {
  return {
    numbers: [
      { shards: MOST_SHARDS, fromMs: FIRST_INSTANT_MS },
      { shards: 0, fromMs: nowMs },
    ],
  };
}

function answer(outcome: ShardsSet["outcome"], { shards, fromMs }: NumberInUse): ShardsSet {
  return { outcome, shards, from: new Date(fromMs) };
}

/** The numbers without those that writers have come back to meanwhile. */
function withoutRepeats(layout: Layout, nowMs: number): readonly NumberInUse[] {
  const current = shardsAt(layout, nowMs);
  const begun = layout.numbers.findLast(({ fromMs }) => fromMs <= nowMs);
  return layout.numbers.filter(
    (number) => number.shards !== current || number.fromMs > nowMs || number === begun,
  );
}

export function checkNumber({ codec }: ResolvedHome, shards: number): void {
  if (!canShard(codec)) {
    throw new KeywhenError("invalid-option", `Keys of the format ${codec.name} lie in no shards.`);
  }
  if (isShardNumber(shards)) return;
  throw new KeywhenError(
    "invalid-option",
    `${shards} can't be a number of shards: give a whole number up to ${MOST_SHARDS}; 0 for none.`,
  );
}
