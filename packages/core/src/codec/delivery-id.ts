import type { RandomSource } from "../random.js";

/** 32 characters that no one confuses when reading them aloud: Crockford's base 32 in lower case. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH = 12;

/** A delivery id of 12 random characters, 60 bits. */
export function randomDeliveryId(random: RandomSource): string {
  return Array.from(random(LENGTH), (byte) => ALPHABET.charAt(byte & 31)).join("");
}

/** The first `digits` hex digits of the SHA-256 of an event's id: what a moved event is told by. */
export async function hashOfId(id: string, digits: number): Promise<string> {
  const hash = await globalThis.crypto.subtle.digest("SHA-256", new TextEncoder().encode(id));
  const hex = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0"));
  return hex.join("").slice(0, digits);
}
