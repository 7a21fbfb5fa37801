import { asEventId, codecV1 } from "./codec-v1.js";
import type { EventId, EventKey } from "./key-codec.js";

/**
 * A wake-up: a waiting object that asks the sweeper for an occurrence of a recurring schedule. Its id is that of an event with
 * the delivery id `<name>@<occurrence>`, then `~` and a token of eight letters from g to z. They are not hex digits, so a
 * wake-up is never taken for a moved event: to a program that does not know wake-ups it is an unrecognized object.
 */
export interface WakeUpKey extends EventKey {
  readonly deliveryId: string;
  /** The schedule's name. */
  readonly name: string;
  readonly occurrence: string;
  readonly token: string;
}

const TOKEN = /^[g-z]{8}$/;

/** Whether a text can be the token of a wake-up. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Builds the id of a wake-up: the part of its key after `pending/`. */
export function wakeUpId({
  atMs,
  to,
  name,
  occurrence,
  token,
}: Pick<WakeUpKey, "atMs" | "to" | "name" | "occurrence" | "token">): EventId {
  const deliveryId = `${name}@${occurrence}`;
  return asEventId(`${codecV1.encode({ atMs, to, deliveryId, suffix: undefined })}~${token}`);
}

/** Reads the id of a wake-up; `undefined` for any other text. */
export function parseWakeUpId(id: string): WakeUpKey | undefined {
  const tilde = id.lastIndexOf("~");
  const token = id.slice(tilde + 1);
  if (!isToken(token)) return undefined;
  const decoded = codecV1.decode(id.slice(0, tilde));
  if (decoded?.deliveryId === undefined || decoded.suffix !== undefined) return undefined;
  const { deliveryId, expiresAfterMs } = decoded;
  if (expiresAfterMs !== undefined) return undefined;
  const at = deliveryId.lastIndexOf("@");
  if (at < 1) return undefined;
  const name = deliveryId.slice(0, at);
  return { ...decoded, deliveryId, name, occurrence: deliveryId.slice(at + 1), token };
}

/** The id of the event that a wake-up would be without its token: of its dead letter, which can be redriven as any other. */
export function withoutToken(id: EventId): EventId {
  return asEventId(id.slice(0, id.lastIndexOf("~")));
}
