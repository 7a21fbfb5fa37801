import type { Clock } from "../machine.js";
import type { RequestOptions } from "../store/object-store.js";

/** What one answer tells of the store's clock. */
export interface ClockReading {
  /** How far this machine's clock is ahead of the store's; negative if it is behind. */
  readonly aheadMs: number;
  /** How long the answer took: the shorter, the more exact. */
  readonly tookMs: number;
  /** How far the store's time may be from what `aheadMs` takes it for: half a second if it was cut to a whole one. */
  readonly dateErrorMs: number;
  /** The store's time when the request was sent, or a little earlier. */
  readonly sentAtStoreMs: number;
  /** What this machine's clocks said then. */
  readonly sentAt: ClockInstant;
}

/** One instant by both clocks of a machine, in milliseconds. */
export interface ClockInstant {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** Of a time of whole seconds, as an HTTP `Date` is, the middle of the second is taken. */
const HALF_A_SECOND_MS = 500;
/** What of the guard the clocks may not be apart: two readings' errors. */
const READING_ERROR_MS = 750;

/** How far a clock may be from the store's: half the guard, the other half being the other side's. */
export function allowedSkewMs(guardMs: number): number {
  return guardMs / 2 - READING_ERROR_MS;
}

/** A time with milliseconds is exact: only some stores have such. One answer of theirs in a thousand ends in zeros. */
function dateErrorOf(dateMs: number): number {
  return dateMs % 1_000 === 0 ? HALF_A_SECOND_MS : 0;
}

/** An answer may carry garbage as its time, which is no reading. */
export function isReadable(date: Date): boolean {
  return !Number.isNaN(date.getTime());
}

/** What a call that is made now must be given to read the store's clock in each answer. */
export function readingOf(
  clock: Clock,
  onReading: (reading: ClockReading) => void,
  call: RequestOptions = {},
): { readonly onDate: NonNullable<RequestOptions["onDate"]> } {
  const sentAt = { wallMs: clock.now(), monotonicMs: clock.monotonic() };
  return {
    onDate(date) {
      if (!isReadable(date)) return;
      const dateMs = date.getTime();
      const tookMs = clock.monotonic() - sentAt.monotonicMs;
      const dateErrorMs = dateErrorOf(dateMs); // the middle of the second is taken
      const aheadMs = sentAt.wallMs + tookMs / 2 - dateMs - dateErrorMs;
      onReading({ aheadMs, tookMs, dateErrorMs, sentAtStoreMs: dateMs - tookMs, sentAt });
      call.onDate?.(date);
    },
  };
}
