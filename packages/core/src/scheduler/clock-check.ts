import { KeywhenError } from "../errors.js";
import type { Clock } from "../machine.js";
import type { CallContext, Schedule } from "../options/schedule.js";
import { allowedSkewMs, type ClockReading, readingOf } from "../requests/clock-reading.js";
import { retry } from "../requests/retry.js";
import type { ObjectInfo, RequestOptions } from "../store/object-store.js";

/** When an event closes, `guard` before its due instant: until then no sweeper has begun to deliver it. */
export class Closing {
  readonly atMs: number;
  readonly #clock: Clock;

  constructor({ clock, guardMs }: Schedule, dueMs: number) {
    this.#clock = clock;
    this.atMs = dueMs - guardMs;
  }

  get isOver(): boolean {
    return this.#clock.now() >= this.atMs;
  }

  get tooLate(): { readonly outcome: "too-late"; readonly closedAt: Date } {
    return { outcome: "too-late", closedAt: new Date(this.atMs) };
  }
}

/** A reading is off by half of what its answer took at most. */
const EXACT_WITHIN_MS = 1_000;

/**
 * Compares this machine's clock with the store's in each answer: whether an event is still open is judged by a clock, and one
 * that is wrong would cancel what is being delivered.
 */
export class ClockCheck {
  readonly #context: CallContext;
  #last: ClockReading | undefined;

  constructor(context: CallContext) {
    this.#context = context;
  }

  /** What a request that is sent now must be given. */
  readonly call = (): Pick<RequestOptions, "onDate"> => {
    const { clock } = this.#context;
    if (!this.#isStoreClock) return {};
    return readingOf(clock, (reading) => {
      this.#last = reading;
    });
  };

  get isSkewed(): boolean {
    return this.#last !== undefined && Math.abs(this.#last.aheadMs) > this.#limitMs;
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
    const isExact = (this.#last?.tookMs ?? 0) <= EXACT_WITHIN_MS;
    if (this.isSkewed && !isExact) info = await head();
    if (this.#isStoreClock && this.#last === undefined) throw clockUnread();
    if (this.#last !== undefined && this.isSkewed) throw clockSkew(this.#last, this.#limitMs);
    return info;
  }

  get #isStoreClock(): boolean {
    return this.#context.store.capabilities.clock === "store";
  }

  get #limitMs(): number {
    return allowedSkewMs(this.#context.guardMs);
  }
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
  return clockError(
    `It is unknown whether the event is still open, and nothing was changed: ${NO_STORE_TIME}`,
  );
}

function clockSkew(reading: ClockReading, limitMs: number): KeywhenError {
  return clockError(
    `${describeSkew(reading)}; the limit is ${seconds(limitMs)} s, so it is unknown whether the event is still open. Set the clock (NTP), or raise guard.`,
  );
}

export function clockError(message: string): KeywhenError {
  return new KeywhenError("clock-skew", message);
}
