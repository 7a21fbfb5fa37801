import { formatInstant } from "../time/instant.js";

/** What is known of the death of an event. */
export interface Death {
  readonly atMs: number;
  readonly reason: string;
  readonly code: string;
  readonly message: string;
}

const DIED_AT = "keywhen-died-at";
const REASON = "keywhen-dead-reason";
const CODE = "keywhen-error-code";
const MESSAGE = "keywhen-error";

/** What all metadata of an object may take (S3's limit). */
const MOST_BYTES = 2_048;

/** The old metadata with the death added: ASCII, the message cut to what fits. */
export function withDeath(
  metadata: Readonly<Record<string, string>>,
  { atMs, reason, code, message }: Death,
): Record<string, string> {
  const complete = {
    ...metadata,
    [DIED_AT]: formatInstant(atMs),
    [REASON]: reason,
    [CODE]: code,
  };
  const roomBytes = MOST_BYTES - sizeOf(complete) - MESSAGE.length;
  const text = message
    .replaceAll(/[^\x20-\x7e]/g, "?")
    .slice(0, Math.max(0, roomBytes))
    .trim();
  return text === "" ? complete : { ...complete, [MESSAGE]: text };
}

/** Removes what `withDeath` added. */
export function withoutDeath(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const names = new Set([DIED_AT, REASON, CODE, MESSAGE]);
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => !names.has(name)));
}

/** Reads what `withDeath` added; the store may have refused to keep it. */
export function readDeath(metadata: Readonly<Record<string, string>>): {
  readonly diedAt: string | undefined;
  readonly reason: string | undefined;
  readonly code: string | undefined;
  readonly message: string | undefined;
} {
  return {
    diedAt: metadata[DIED_AT],
    reason: metadata[REASON],
    code: metadata[CODE],
    message: metadata[MESSAGE],
  };
}

function sizeOf(metadata: Readonly<Record<string, string>>): number {
  return Object.entries(metadata).reduce(
    (sum, [name, value]) => sum + name.length + value.length,
    0,
  );
}
