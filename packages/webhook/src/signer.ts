import { isUtf8 } from "node:buffer";
import { createHmac, type Hmac } from "node:crypto";
import { KeywhenError } from "@keywhen/core";
import { showValue } from "@keywhen/core/internal";
import { Webhook } from "standardwebhooks";

/** What the signature of a webhook covers besides its body. */
interface SignedHeaders {
  /** Must not contain a dot, because dots separate what is signed. */
  readonly id: string;
  readonly timestamp: Date;
}

/** Makes the value of `webhook-signature`: a signature by each secret, as Standard Webhooks defines it. */
export interface Signer {
  sign(headers: SignedHeaders, body: Uint8Array): string;
  /** The same for a body that is too large for memory. Reads it to its end. */
  signStream(headers: SignedHeaders, body: AsyncIterable<Uint8Array>): Promise<string>;
}

const MOST_SECRETS = 2;
const PREFIX = "whsec_";
const LEAST_BYTES = 24;
const MOST_BYTES = 64;
const HOW_TO_CREATE = `Create one with: echo "whsec_$(openssl rand -base64 32)".`;

/** Takes one secret, or two while they are rotated. Throws `invalid-option` without showing any part of a secret. */
export function createSigner(given: unknown): Signer {
  const secrets: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (secrets.length === 0 || secrets.length > MOST_SECRETS) {
    throw invalid(
      `secret must be one secret, or two while you rotate them (got ${secrets.length}). ${HOW_TO_CREATE}`,
    );
  }
  const keys = secrets.map(readSecret);
  return {
    sign(headers, body) {
      // The library takes text only: it would replace each byte that is not valid UTF-8.
      if (!isUtf8(body)) return digests(startHmacs(keys, headers).map((hmac) => hmac.update(body)));
      const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
      const { id, timestamp } = headers;
      return keys.map(({ library }) => library.sign(id, timestamp, text)).join(" ");
    },
    async signStream(headers, body) {
      const hmacs = startHmacs(keys, headers);
      for await (const chunk of body) for (const hmac of hmacs) hmac.update(chunk);
      return digests(hmacs);
    },
  };
}

interface SecretKey {
  readonly library: Webhook;
  readonly bytes: Uint8Array;
}

function readSecret(secret: unknown): SecretKey {
  if (typeof secret !== "string") {
    throw invalid(
      `secret must be a string like whsec_… (got ${showValue(secret)}). ${HOW_TO_CREATE}`,
    );
  }
  const base64 = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  const bytes = Buffer.from(base64, "base64"); // skips what is not base64
  const isBase64 = bytes.toString("base64") === base64;
  if (!isBase64 || bytes.length < LEAST_BYTES || bytes.length > MOST_BYTES) {
    const got = isBase64 ? `${bytes.length} bytes` : "a text that is not base64";
    throw invalid(
      `secret must be whsec_ and ${LEAST_BYTES} to ${MOST_BYTES} random bytes in base64 (got ${got}). ${HOW_TO_CREATE}`,
    );
  }
  return { library: new Webhook(base64), bytes };
}

function startHmacs(keys: readonly SecretKey[], { id, timestamp }: SignedHeaders): readonly Hmac[] {
  const signed = `${id}.${unixSeconds(timestamp)}.`;
  return keys.map(({ bytes }) => createHmac("sha256", bytes).update(signed));
}

function digests(hmacs: readonly Hmac[]): string {
  return hmacs.map((hmac) => `v1,${hmac.digest("base64")}`).join(" ");
}

export function unixSeconds(instant: Date): number {
  return Math.floor(instant.getTime() / 1_000);
}

function invalid(message: string): KeywhenError {
  return new KeywhenError("invalid-option", message);
}
