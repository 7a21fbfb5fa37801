import { KeywhenError } from "../keywhen-error.js";
import type { KeyCodec } from "./key-codec.js";

/** More shards would cost more listings than they spread load. */
export const MOST_SHARDS = 256;

/** Returns the shard of a delivery id: the first 4 bytes of its SHA-256, as a number, modulo how many there are. */
export async function shardOf(deliveryId: string, shards: number): Promise<number> {
  const text = new TextEncoder().encode(deliveryId);
  const hash = new DataView(await globalThis.crypto.subtle.digest("SHA-256", text));
  return hash.getUint32(0) % shards;
}

/** Two lowercase hex digits, as in keys. */
export function shardName(shard: number): string {
  return shard.toString(16).padStart(2, "0");
}

/** Whether keys of this format can be in shards. */
export function canShard({ shardPrefix }: KeyCodec): boolean {
  return shardPrefix !== undefined;
}

/** Whether a value can be a number of shards. */
export function isShardNumber(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST_SHARDS;
}

/** Throws `invalid-option` for a format whose keys can't be in shards. */
export function checkCanShard(
  codec: KeyCodec,
): asserts codec is KeyCodec & Required<Pick<KeyCodec, "shardPrefix">> {
  if (canShard(codec)) return;
  throw new KeywhenError("invalid-option", `Keys of the format ${codec.name} can't be in shards.`);
}
