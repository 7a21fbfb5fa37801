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
  /** Throws `clock-skew` if the clocks are too far apart. */
  throwIfSkewed(): void;
}

/** A reading is off by half of what its answer took at most. */
const EXACT_WITHIN_MS = 1_000;

export function createClockCheck({ store, clock, guardMs }: ResolvedHome): ClockCheck {
  let last: ClockReading | undefined;
  const limitMs = allowedSkewMs(guardMs);
  const isSkewed = () => last !== undefined && Math.abs(last.aheadMs) > limitMs;
  return {
    call: () =>
      store.capabilities.clock === "store" ? readingOf(clock, (reading) => (last = reading)) : {},
    get isExact() {
      return last === undefined || last.tookMs <= EXACT_WITHIN_MS;
    },
    get isSkewed() {
      return isSkewed();
    },
    throwIfSkewed() {
      if (last !== undefined && isSkewed()) throw clockSkew(last, limitMs);
    },
  };
}

/** How far the clocks are apart: the beginning of a sentence. */
export function describeSkew({ aheadMs, tookMs }: ClockReading): string {
  const direction = aheadMs > 0 ? "ahead of" : "behind";
  return `This machine's clock is ${seconds(aheadMs)} s ${direction} the store's (an answer took ${seconds(tookMs)} s)`;
}

function seconds(ms: number): string {
  return (Math.abs(ms) / 1_000).toFixed(1);
}

function clockSkew(reading: ClockReading, limitMs: number): KeywhenError {
  return new KeywhenError(
    "clock-skew",
    `${describeSkew(reading)}; the limit is ${seconds(limitMs)} s, so whether the event is still open can't be told. Set the clock (NTP), or raise guard.`,
  );
}
