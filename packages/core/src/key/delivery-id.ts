import { KeywhenError } from "../errors.js";
import type { RandomSource } from "../machine.js";
import type { KeyCodec } from "./key-codec.js";

/** 32 characters that are not confused when they are read aloud: Crockford's base 32 in lower case. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH = 12;

/** A delivery id of 12 random characters, 60 bits. */
export function randomDeliveryId(random: RandomSource): string {
  return Array.from(random(LENGTH), (byte) => ALPHABET.charAt(byte & 31)).join("");
}

/** The first `digits` hex digits of the SHA-256 of an event's id. They identify a moved event. */
export async function hashOfId(id: string, digits: number): Promise<string> {
  const hex = Array.from(await sha256(id), (byte) => byte.toString(16).padStart(2, "0"));
  return hex.join("").slice(0, digits);
}

/** More shards would cost more listings than they spread load. */
export const MOST_SHARDS = 256;

/** Returns the shard of a delivery id: the first 4 bytes of its SHA-256, as a number, modulo the number of shards. */
export async function shardOf(deliveryId: string, shards: number): Promise<number> {
  const hash = await sha256(deliveryId);
  return new DataView(hash.buffer).getUint32(0) % shards;
}

/** Two lowercase hex digits, as in keys. */
export function shardName(shard: number): string {
  return shard.toString(16).padStart(2, "0");
}

export function canShard({ shardPrefix }: KeyCodec): boolean {
  return shardPrefix !== undefined;
}

export function isShardNumber(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST_SHARDS;
}

/** Throws `invalid-option` for a format whose keys can't be in shards. */
export function checkCanShard(
  codec: KeyCodec,
): asserts codec is KeyCodec & Required<Pick<KeyCodec, "shardPrefix">> {
  if (canShard(codec)) return;
  throw new KeywhenError(
    "invalid-option",
    `The key format ${codec.name} does not support shards: leave codec out, or use no shards.`,
  );
}

async function sha256(text: string): Promise<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  return new Uint8Array(await globalThis.crypto.subtle.digest("SHA-256", bytes));
}
