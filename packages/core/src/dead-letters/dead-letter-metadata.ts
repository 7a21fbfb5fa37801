import { METADATA_BYTES, type Metadata, metadataBytes } from "../options/metadata.js";
import { formatInstant, parseInstant } from "../time/instant.js";

/** Why and when an event was moved to the dead letters. */
export interface Rejection {
  readonly atMs: number;
  readonly reason: string;
  readonly code: string;
  readonly message: string;
}

const DIED_AT = "keywhen-died-at";
const REASON = "keywhen-dead-reason";
const CODE = "keywhen-error-code";
const MESSAGE = "keywhen-error";

/** An event's metadata with its rejection added: ASCII, the message cut to what fits. */
export function withRejection(
  metadata: Metadata,
  { atMs, reason, code, message }: Rejection,
): Metadata {
  const complete = { ...metadata, [DIED_AT]: formatInstant(atMs), [REASON]: reason, [CODE]: code };
  const roomBytes = METADATA_BYTES - metadataBytes(complete) - MESSAGE.length;
  const text = message
    .replaceAll(/[^\x20-\x7e]/g, "?")
    .slice(0, Math.max(0, roomBytes))
    .trim();
  return text === "" ? complete : { ...complete, [MESSAGE]: text };
}

export function withoutRejection(metadata: Metadata): Metadata {
  const added = [DIED_AT, REASON, CODE, MESSAGE];
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => !added.includes(name)));
}

/** Reads what `withRejection` added. The store may have refused to keep it. */
export function readRejection(metadata: Metadata): {
  readonly atMs: number | undefined;
  readonly reason: string | undefined;
  readonly error: { readonly code: string; readonly message: string } | undefined;
} {
  const code = metadata[CODE];
  return {
    atMs: parseInstant(metadata[DIED_AT] ?? ""),
    reason: metadata[REASON],
    error: code === undefined ? undefined : { code, message: metadata[MESSAGE] ?? "" },
  };
}
