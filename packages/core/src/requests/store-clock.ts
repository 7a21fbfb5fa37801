import type { Clock } from "../machine.js";
import type { RequestOptions } from "../store/object-store.js";

/** What one answer shows about the store's clock. */
export interface ClockReading {
  /** How far this machine's clock is ahead of the store's; negative if it is behind. */
  readonly aheadMs: number;
  /** How long the answer took. A shorter time makes the reading more exact. */
  readonly tookMs: number;
  /** How exact `aheadMs` is: half a second if the store's time has whole seconds, or 0. */
  readonly dateErrorMs: number;
  /** The store's time when the request was sent, or a little earlier. */
  readonly sentAtStoreMs: number;
  readonly sentAt: ClockInstant;
}

export interface ClockInstant {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** An HTTP `Date` has whole seconds: the middle of the second is taken. */
const HALF_A_SECOND_MS = 500;
const READING_ERROR_MS = 750;

/** Returns how far a clock may be from the store's: half the guard, because the other side's clock may be wrong as well. */
export function allowedSkewMs(guardMs: number): number {
  return guardMs / 2 - READING_ERROR_MS;
}

/** A store's answer may carry an invalid date as its time. */
export function isReadable(date: Date): boolean {
  return !Number.isNaN(date.getTime());
}

/** Returns options for a call that is made now: it reads the store's clock in each answer. */
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
      const dateErrorMs = dateMs % 1_000 === 0 ? HALF_A_SECOND_MS : 0; // a time with milliseconds is exact
      const aheadMs = sentAt.wallMs + tookMs / 2 - dateMs - dateErrorMs;
      onReading({ aheadMs, tookMs, dateErrorMs, sentAtStoreMs: dateMs - tookMs, sentAt });
      call.onDate?.(date);
    },
  };
}

/** Says that the clocks can't be compared, what follows, and what to do: the end of a message. */
export function noStoreTime(consequence = ""): string {
  return `the store's answer carries no readable time (the header Date)${consequence}. A proxy may have removed or changed it: connect to the store directly, or let the proxy pass that header on.`;
}

/** What clocks that tick apart may differ by until they are compared again. */
const TOLERANCE_MS = 250;

/** The wall clock, but never ahead of what the last comparison allows: if it is set forward during a sweep, nothing is early. */
export class CheckedClock {
  /** An answer has carried the store's time. */
  isCompared = false;
  /** The same clock, unchecked. */
  readonly wall: Clock;
  readonly #allowedMs: number;
  #notAhead: ClockInstant | undefined;
  #mostExact: ClockReading | undefined;
  /** The most exact answer of the last listing that had one. */
  #lastKnown: ClockReading | undefined;
  #ending: ClockReading | undefined;

  constructor({ clock, guardMs }: { readonly clock: Clock; readonly guardMs: number }) {
    this.wall = clock;
    this.#allowedMs = allowedSkewMs(guardMs);
  }

  now(): number {
    const nowMs = this.wall.now();
    const notAhead = this.#notAhead;
    if (notAhead === undefined) return nowMs; // never compared, for example because both sides read one clock
    const passedMs = this.wall.monotonic() - notAhead.monotonicMs;
    return Math.min(nowMs, notAhead.wallMs + passedMs + TOLERANCE_MS);
  }

  /** The same, or the least that the store's time can be: a clock that is behind gives an event no more time. */
  notBehind(): number {
    const nowMs = this.now();
    if (this.#lastKnown === undefined) return nowMs;
    const { sentAt, sentAtStoreMs } = this.#lastKnown;
    return Math.max(nowMs, sentAtStoreMs + this.wall.monotonic() - sentAt.monotonicMs);
  }

  /** An answer carries the store's time. The wall clock may have been set since the request was sent. */
  readonly compare = (reading: ClockReading): void => {
    this.isCompared = true;
    if (reading.tookMs <= (this.#mostExact?.tookMs ?? reading.tookMs)) {
      this.#mostExact = reading;
      this.#lastKnown = reading;
    }
    if (reading.aheadMs <= this.#allowedMs) this.#notAhead = reading.sentAt; // being behind does no harm
  };

  /** The most exact answer since the listing began says that the clock is ahead, so that a copy would be early. */
  get isAhead(): boolean {
    return this.#mostExact !== undefined && this.#mostExact.aheadMs > this.#allowedMs;
  }

  /** The same, or behind. */
  get isOff(): boolean {
    return this.#mostExact !== undefined && Math.abs(this.#mostExact.aheadMs) > this.#allowedMs;
  }

  /** How far the clock is ahead of the store's, for the report. */
  get skewMs(): number | undefined {
    const reading = this.#ending ?? this.#mostExact;
    return reading && Math.round(reading.aheadMs);
  }

  /** The sweep ends because of this reading: a later one may be below the limit. */
  keepReading(): void {
    this.#ending = this.#mostExact;
  }

  /** Another listing begins: only its answers count. */
  startListing(): void {
    this.#mostExact = undefined;
  }
}
