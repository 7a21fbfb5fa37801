import { KeywhenError } from "../keywhen-error.js";
import type { ResolvedHome } from "../options/home.js";
import { allowedSkewMs, type ClockReading, readingOf } from "../requests/clock-reading.js";
import type { StoreCall } from "../store/object-store.js";

/**
 * Compares this machine's clock with the store's in each answer: whether an event is still open is judged by a
 * clock, and one that is wrong would cancel what is being delivered.
 */
export interface ClockCheck {
  /** What a request that is sent now must be given. */
  call(): Pick<StoreCall, "onDate">;
  /** False if the last answer took so long that a difference may be its own; then ask again. */
  readonly isExact: boolean;
  readonly isSkewed: boolean;
  /** Throws `clock-skew` if the clocks are too far apart, or if no answer carried the store's time. */
  throwIfSkewed(): void;
}

/** A reading is off by half of what its answer took at most. */
const EXACT_WITHIN_MS = 1_000;

export function createClockCheck({ store, clock, guardMs }: ResolvedHome): ClockCheck {
  let last: ClockReading | undefined;
  const limitMs = allowedSkewMs(guardMs);
  const isStoreClock = store.capabilities.clock === "store";
  const isSkewed = () => last !== undefined && Math.abs(last.aheadMs) > limitMs;
  return {
    call: () => (isStoreClock ? readingOf(clock, (reading) => (last = reading)) : {}),
    get isExact() {
      return last === undefined || last.tookMs <= EXACT_WITHIN_MS;
    },
    get isSkewed() {
      return isSkewed();
    },
    throwIfSkewed() {
      if (isStoreClock && last === undefined) throw clockUnread();
      if (last !== undefined && isSkewed()) throw clockSkew(last, limitMs);
    },
  };
}

/** How far the clocks are apart: the beginning of a sentence. */
export function describeSkew({ aheadMs, tookMs }: ClockReading): string {
  const direction = aheadMs > 0 ? "ahead of" : "behind";
  return `This machine's clock is ${seconds(aheadMs)} s ${direction} the store's (an answer took ${seconds(tookMs)} s)`;
}

/** Exact to the millisecond: a limit of 1.25 s is not 1.3 s. */
export function seconds(ms: number): string {
  return String(Math.abs(Math.round(ms)) / 1_000);
}

/** Why the clocks can't be compared, and what to do: the end of a message. */
export const NO_STORE_TIME =
  "the store's answer carries no readable time (the header Date). A proxy may have removed or changed it: connect to the store directly, or let the proxy pass that header on.";

function clockUnread(): KeywhenError {
  return new KeywhenError(
    "clock-skew",
    `Whether the event is still open can't be told, and nothing was changed: ${NO_STORE_TIME}`,
  );
}

function clockSkew(reading: ClockReading, limitMs: number): KeywhenError {
  return new KeywhenError(
    "clock-skew",
    `${describeSkew(reading)}; the limit is ${seconds(limitMs)} s, so whether the event is still open can't be told. Set the clock (NTP), or raise guard.`,
  );
}
