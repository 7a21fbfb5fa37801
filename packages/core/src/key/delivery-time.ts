import { KeywhenError } from "../errors.js";
import { showValue } from "../input/show-value.js";
import { type Duration, durationMs } from "../time/duration.js";
import { LAST_INSTANT_MS } from "../time/instant.js";
import { windowOffsetMs } from "../time/window.js";
import type { EventKey } from "./key-codec.js";

/** When an event is delivered, besides its instant. @inline */
export interface DeliveryTime {
  /**
   * Spreads events of one instant: this one is due less than this time after it, at most `49d`. The same delivery id always gives
   * the same instant, and the id that is returned has it.
   */
  readonly window?: Duration | undefined;
  /**
   * How long after its due instant the event may still be delivered, from `1s` to `11574d`. If no delivery has started by then,
   * the event becomes a dead letter (`expired`). A reschedule or redrive counts it from the new instant.
   *
   * @default no limit
   */
  readonly expiresAfter?: Duration | undefined;
}

export const DELIVERY_TIME_OPTIONS = ["window", "expiresAfter"] as const;

/** The offsets in a window have 32 bits of milliseconds. */
const LONGEST_WINDOW_DAYS = 49;
/** Four to twelve digits of milliseconds are in the key. */
const SHORTEST_EXPIRY_MS = 1_000;
const LONGEST_EXPIRY_DAYS = 11_574;
const DAY_MS = 86_400_000;

/** The due instant: the given one, or a later one in the window. Throws `invalid-duration`, and `invalid-time` past the last year. */
export function dueMs(givenMs: number, deliveryId: string, { window }: DeliveryTime): number {
  if (window === undefined) return givenMs;
  const windowMs = durationMs(window);
  if (windowMs > LONGEST_WINDOW_DAYS * DAY_MS) {
    throw invalidDuration(
      `window must be at most ${LONGEST_WINDOW_DAYS}d (got ${showValue(window)}).`,
    );
  }
  const atMs = givenMs + windowOffsetMs(windowMs, deliveryId);
  if (atMs <= LAST_INSTANT_MS) return atMs;
  throw new KeywhenError(
    "invalid-time",
    `The window of ${window} ends after the year 9999, the last one supported. Choose an earlier time.`,
  );
}

/** Throws `invalid-duration`. */
export function expiresAfterMs({ expiresAfter }: DeliveryTime): number | undefined {
  if (expiresAfter === undefined) return undefined;
  const ms = durationMs(expiresAfter);
  if (ms >= SHORTEST_EXPIRY_MS && ms <= LONGEST_EXPIRY_DAYS * DAY_MS) return ms;
  throw invalidDuration(
    `expiresAfter must be from 1s to ${LONGEST_EXPIRY_DAYS}d (got ${showValue(expiresAfter)}).`,
  );
}

/** The last instant at which the delivery of an event may start; `undefined` if it has none. */
export function expiresAt(event: Pick<EventKey, "atMs" | "expiresAfterMs">): Date | undefined {
  const { atMs, expiresAfterMs } = event;
  return expiresAfterMs === undefined ? undefined : new Date(atMs + expiresAfterMs);
}

function invalidDuration(message: string): KeywhenError {
  return new KeywhenError("invalid-duration", message);
}
