import type { KeywhenError } from "../errors.js";
import type { Clock } from "../machine.js";
import type { Schedule } from "../options/schedule.js";
import {
  allowedSkewMs,
  type ClockInstant,
  type ClockReading,
  readingOf,
} from "../requests/clock-reading.js";
import type { RequestOptions } from "../store/object-store.js";
import { clockError, describeSkew, NO_STORE_TIME, seconds } from "./clock-check.js";

/** What one put's answers say about this machine's clock. */
export interface ClockFinding {
  /** The store has a clock, but no answer carried a readable time. */
  readonly isUnread: boolean;
  /** The last answer's reading, if the two clocks are too far apart even if the reading's own error is subtracted. */
  readonly certainSkew?: ClockReading | undefined;
  /** The same, but for the error of a `Date` of whole seconds. */
  readonly likelySkew?: ClockReading | undefined;
}

/** Reads the store's clock in the answers to one put. */
export interface PutClock {
  /** What a request that is sent now must be given. */
  call(): Pick<RequestOptions, "onDate">;
  /** What the answer to the put says; call it once the put is answered. */
  judge(): ClockFinding;
}

/** What is known to be wrong, and since when. */
interface Trouble {
  /** `undefined`: the answer carried no readable time. */
  readonly skew: ClockReading | undefined;
  readonly sentAt: ClockInstant;
}

/** After this time the next put measures again: the clock may be corrected by now. */
const BELIEVED_MS = 30_000;
/** The wall clock was set, or the machine slept, if its two clocks have moved apart by more since the reading. */
const JUMP_MS = 500;

/** What the answers to a scheduler's puts say about this machine's clock. It sends nothing by itself. */
export class WriterClock {
  readonly #home: Schedule;
  readonly #limitMs: number;
  #trouble: Trouble | undefined;

  constructor(home: Schedule) {
    this.#home = home;
    this.#limitMs = allowedSkewMs(home.guardMs);
  }

  /** Throws `clock-skew` if an answer has just shown that this machine's clock is wrong, or that it can't be checked. */
  throwIfKnownWrong(): void {
    if (this.#trouble === undefined || !isBelieved(this.#home.clock, this.#trouble.sentAt)) return;
    const { skew } = this.#trouble;
    throw skew ? wouldBeWrong(skew, this.#limitMs) : wouldBeUnchecked();
  }

  watchPut(): PutClock {
    const { store, clock } = this.#home;
    if (store.capabilities.clock !== "store") return NOTHING_TO_COMPARE;
    let last: ClockReading | undefined;
    let sentAt = instantOf(clock);
    return {
      call: () => {
        sentAt = instantOf(clock);
        return readingOf(clock, (reading) => {
          last = reading;
          const skew = findingOf(reading, this.#limitMs).certainSkew;
          this.#trouble = skew && { skew, sentAt: skew.sentAt };
        });
      },
      judge: () => {
        if (last !== undefined) return findingOf(last, this.#limitMs);
        this.#trouble = { skew: undefined, sentAt };
        return { isUnread: true };
      },
    };
  }
}

const NOTHING_TO_COMPARE: PutClock = { call: () => ({}), judge: () => ({ isUnread: false }) };

function instantOf(clock: Clock): ClockInstant {
  return { wallMs: clock.now(), monotonicMs: clock.monotonic() };
}

function isBelieved(clock: Clock, { wallMs, monotonicMs }: ClockInstant): boolean {
  const ageMs = clock.monotonic() - monotonicMs;
  return ageMs < BELIEVED_MS && Math.abs(clock.now() - wallMs - ageMs) < JUMP_MS;
}

/** A reading is off by half of what its answer took at most, and by what was cut off the store's time. */
function findingOf(reading: ClockReading, limitMs: number): ClockFinding {
  const likelyMs = Math.abs(reading.aheadMs) - reading.tookMs / 2;
  return {
    isUnread: false,
    certainSkew: likelyMs - reading.dateErrorMs > limitMs ? reading : undefined,
    likelySkew: likelyMs > limitMs ? reading : undefined,
  };
}

function wouldBeWrong(reading: ClockReading, limitMs: number): KeywhenError {
  return clockError(
    `${describeSkew(reading)}; the limit is ${seconds(limitMs)} s, because in gives an instant by this machine's clock. Nothing was sent. Set the clock (NTP), give at, or raise guard.`,
  );
}

function wouldBeUnchecked(): KeywhenError {
  return clockError(
    `It is unknown whether in gives the right instant: ${NO_STORE_TIME} Nothing was sent. Or give at.`,
  );
}
