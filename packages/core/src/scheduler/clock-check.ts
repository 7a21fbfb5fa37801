import { KeywhenError } from "../errors.js";
import type { Clock } from "../machine.js";
import type { CallContext, Schedule } from "../options/schedule.js";
import { retry } from "../requests/retry.js";
import {
  allowedSkewMs,
  type ClockInstant,
  type ClockReading,
  noStoreTime,
  readingOf,
} from "../requests/store-clock.js";
import type { ObjectInfo, RequestOptions } from "../store/object-store.js";

export type Closing = ReturnType<typeof closingOf>;

/** When an event closes: `guard` before its due instant. Until then no sweeper has begun to deliver it. */
export function closingOf({ clock, guardMs }: Schedule, dueMs: number) {
  const atMs = dueMs - guardMs;
  return {
    atMs,
    isOver: () => clock.now() >= atMs,
    tooLate: () => ({ outcome: "too-late", closedAt: new Date(atMs) }) as const,
  };
}

/** With it, a request reads the store's clock in its answers. */
type DatedRequest = Pick<RequestOptions, "onDate">;

function hasClock({ store }: Schedule): boolean {
  return store.capabilities.clock === "store";
}

/** A reading is off by at most half of what its answer took, and by what was cut off the store's time. */
const EXACT_WITHIN_MS = 1_000;

/** Compares this machine's clock with the store's in each answer: a wrong one would cancel what is being delivered. */
export class ClockCheck {
  readonly #context: CallContext;
  #last: ClockReading | undefined;

  constructor(context: CallContext) {
    this.#context = context;
  }

  readonly call = (call?: RequestOptions): DatedRequest => {
    if (!hasClock(this.#context)) return {};
    const keep = (reading: ClockReading) => {
      this.#last = reading;
    };
    return readingOf(this.#context.clock, keep, call);
  };

  get isSkewed(): boolean {
    const limitMs = allowedSkewMs(this.#context.guardMs);
    return this.#last !== undefined && Math.abs(this.#last.aheadMs) > limitMs;
  }

  /**
   * A HEAD of an event that also checks the clock, a second time if the answer was slow. Throws `clock-skew` if the clocks are
   * too far apart, or if no answer carried the store's time.
   */
  async head(key: string): Promise<ObjectInfo | undefined> {
    const { store, bucket, signal } = this.#context;
    const head = () =>
      retry(this.#context, () => store.head({ bucket, key }, { ...this.call(), signal }));
    let info = await head();
    if (this.isSlowReading) info = await head();
    this.throwIfSkewed();
    return info;
  }

  /** The last answer shows a skew, but it was slow: another one may show none. */
  get isSlowReading(): boolean {
    const last = this.#last;
    return last !== undefined && last.tookMs > EXACT_WITHIN_MS && this.isSkewed;
  }

  /** Throws `clock-skew` if the clocks are too far apart, or if no answer carried the store's time. */
  throwIfSkewed(): void {
    if (hasClock(this.#context) && this.#last === undefined) {
      throw clockError(
        `It is unknown whether the event is still open, and nothing was changed: ${noStoreTime()}`,
      );
    }
    if (this.#last === undefined || !this.isSkewed) return;
    throw clockError(
      `${overLimit(this.#last, this.#context.guardMs)}, so it is unknown whether the event is still open. Set the clock (NTP), or raise guard.`,
    );
  }
}

/** What one put's answers say about this machine's clock. */
export interface ClockFinding {
  /** The store has a clock, but no answer carried a readable time. */
  readonly isUnread: boolean;
  /** The last answer's reading, if the clocks are too far apart even without the reading's own error. */
  readonly certainSkew?: ClockReading | undefined;
  /** The same, but for the error of a `Date` of whole seconds. */
  readonly likelySkew?: ClockReading | undefined;
}

/** Then the next put measures again: the clock may be corrected. */
const BELIEVED_MS = 30_000;
/** The wall clock was set, or the machine slept, if its two clocks have moved apart by more since the reading. */
const JUMP_MS = 500;

/** What the answers to a scheduler's puts say about this machine's clock. */
export class WriterClock {
  readonly #schedule: Schedule;
  readonly #clock: Clock;
  /** What is known to be wrong, and since when; without a `skew`, an answer carried no readable time. */
  #trouble: { readonly skew?: ClockReading; readonly sentAt: ClockInstant } | undefined;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
    this.#clock = schedule.clock;
  }

  /** Throws `clock-skew` if a recent answer showed that this machine's clock is wrong or can't be checked. */
  throwIfKnownWrong(): void {
    if (this.#trouble === undefined || !this.#isBelieved(this.#trouble.sentAt)) return;
    const { skew } = this.#trouble;
    throw clockError(
      skew === undefined
        ? `It is unknown whether "in" gives the right instant: ${noStoreTime()} Nothing was sent. You can also give "at".`
        : `${overLimit(skew, this.#schedule.guardMs)}, because "in" gives an instant by this machine's clock. Nothing was sent. Set the clock (NTP), give "at", or raise guard.`,
    );
  }

  /** Reads the store's clock in the answers to one put: `call()` is for a request that is sent now, `judge()` for its answer. */
  watchPut(): { call(): DatedRequest; judge(): ClockFinding } {
    if (!hasClock(this.#schedule)) return NOTHING_TO_COMPARE;
    let last: ClockReading | undefined;
    let sentAt = this.#instant();
    return {
      call: () => {
        sentAt = this.#instant();
        return readingOf(this.#clock, (reading) => {
          last = reading;
          const skew = this.#findingOf(reading).certainSkew;
          this.#trouble = skew && { skew, sentAt: skew.sentAt };
        });
      },
      judge: () => {
        if (last !== undefined) return this.#findingOf(last);
        this.#trouble = { sentAt };
        return { isUnread: true };
      },
    };
  }

  #instant(): ClockInstant {
    return { wallMs: this.#clock.now(), monotonicMs: this.#clock.monotonic() };
  }

  #isBelieved({ wallMs, monotonicMs }: ClockInstant): boolean {
    const ageMs = this.#clock.monotonic() - monotonicMs;
    return ageMs < BELIEVED_MS && Math.abs(this.#clock.now() - wallMs - ageMs) < JUMP_MS;
  }

  #findingOf(reading: ClockReading): ClockFinding {
    const limitMs = allowedSkewMs(this.#schedule.guardMs);
    const likelyMs = Math.abs(reading.aheadMs) - reading.tookMs / 2;
    return {
      isUnread: false,
      certainSkew: likelyMs - reading.dateErrorMs > limitMs ? reading : undefined,
      likelySkew: likelyMs > limitMs ? reading : undefined,
    };
  }
}

const NOTHING_TO_COMPARE = { call: () => ({}), judge: () => ({ isUnread: false }) };

function overLimit(reading: ClockReading, guardMs: number): string {
  return `${describeSkew(reading)}; the limit is ${seconds(allowedSkewMs(guardMs))} s`;
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

function clockError(message: string): KeywhenError {
  return new KeywhenError("clock-skew", message);
}
