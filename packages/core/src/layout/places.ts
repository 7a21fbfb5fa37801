import { type Shard, shardOf } from "../codec/shard.js";
import type { ResolvedHome } from "../options/home.js";
import { type Layout, shardCount, shardsAt } from "./layout.js";
import type { LayoutReader } from "./layout-reader.js";
import { placeAt } from "./place-at.js";

/** Every shard in which events may wait, `pending/` first: whatever number somebody has in mind. */
export function shardsOf(layout: Layout): readonly Shard[] {
  return [undefined, ...Array.from({ length: shardCount(layout) }, (_, shard) => shard)];
}

/** Every place in which events may wait, `pending/` first. */
export function placesOf(home: ResolvedHome, layout: Layout): readonly ResolvedHome[] {
  return shardsOf(layout).map((shard) => placeAt(home, shard));
}

/** Every place in which an event of this delivery id may wait: by each number in use, the newest first, and `pending/`. */
export async function placesOfEvent(
  home: ResolvedHome,
  layout: Layout,
  deliveryId: string | undefined,
): Promise<readonly ResolvedHome[]> {
  const shards = new Set<number>();
  if (deliveryId !== undefined) {
    for (const number of layout.numbers.toReversed()) {
      if (number.shards > 0) shards.add(await shardOf(deliveryId, number.shards));
    }
  }
  return [...[...shards].map((shard) => placeAt(home, shard)), home];
}

/** Where a writer puts an event now, and where others may have put it. */
export interface WritingPlace {
  readonly place: ResolvedHome;
  readonly others: readonly ResolvedHome[];
}

/** A writer that was told a number asks nobody, and so knows of no other place. */
export async function placeToWrite(
  home: ResolvedHome,
  reader: LayoutReader,
  deliveryId: string,
  signal: AbortSignal | undefined,
): Promise<WritingPlace> {
  if (home.shards !== "layout")
    return { place: await placeBy(home, home.shards, deliveryId), others: [] };
  const layout = await reader.read(signal);
  const place = await placeBy(home, shardsAt(layout, home.clock.now()), deliveryId);
  const places = await placesOfEvent(home, layout, deliveryId);
  const others = places.filter(({ pendingPrefix }) => pendingPrefix !== place.pendingPrefix);
  return { place, others };
}

async function placeBy(
  home: ResolvedHome,
  shards: number,
  deliveryId: string,
): Promise<ResolvedHome> {
  return shards === 0 ? home : placeAt(home, await shardOf(deliveryId, shards));
}
