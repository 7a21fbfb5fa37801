import type { KeyCodec } from "../codec/key-codec.js";
import type { ResolvedHome } from "../options/home.js";

/** More would cost more listings than they spread load. */
export const MOST_SHARDS = 256;

/** A share of the waiting events, from 0; `undefined` stands for `pending/`, which is none. */
export type Shard = number | undefined;

/** The shard of a delivery id: the first 4 bytes of its SHA-256, as a number, modulo how many there are. */
export async function shardOf(deliveryId: string, shards: number): Promise<number> {
  const text = new TextEncoder().encode(deliveryId);
  const hash = new DataView(await globalThis.crypto.subtle.digest("SHA-256", text));
  return hash.getUint32(0) % shards;
}

/** Two lowercase hex digits, as in keys. */
export function shardName(shard: number): string {
  return shard.toString(16).padStart(2, "0");
}

/** Whether keys of this format can lie in shards. */
export function canShard({ shardPrefix }: KeyCodec): boolean {
  return shardPrefix !== undefined;
}

/**
 * A home as one shard sees it: its events under a prefix of their own, and a lease of their own. What is done with a
 * schedule is done the same way with each of its places.
 */
export function placeAt(home: ResolvedHome, shard: Shard): ResolvedHome {
  const { codec, root } = home;
  if (shard === undefined || codec.shardPrefix === undefined) return home;
  const name = shardName(shard);
  return {
    ...home,
    pendingPrefix: codec.shardPrefix(root, name),
    leaseKey: `${root}/lease/sweep.${name}.json`,
  };
}
