import type { Clock } from "../clock.js";
import { KeywhenError } from "../keywhen-error.js";
import type { ResolvedHome } from "../options/home.js";
import {
  allowedSkewMs,
  type ClockInstant,
  type ClockReading,
  readingOf,
} from "../requests/clock-reading.js";
import type { StoreCall } from "../store/object-store.js";
import { describeSkew, NO_STORE_TIME, seconds } from "./clock-check.js";

/** What the answers to a scheduler's puts say about this machine's clock. It sends nothing by itself. */
export interface WriterClock {
  /** Throws `clock-skew` if an answer has just shown that this machine's clock is wrong, or that it can't be checked. */
  throwIfKnownWrong(): void;
  /** Reads the store's clock in the answers to one put. */
  watchPut(): PutClock;
}

export interface PutClock {
  /** What a request that is sent now must be given. */
  call(): Pick<StoreCall, "onDate">;
  /** What the answer to the put says; call it once the put is answered. */
  judge(): ClockFinding;
}

/** What one put says about this machine's clock. */
export interface ClockFinding {
  /** The store tells its time, but no answer carried a readable one. */
  readonly isUnread: boolean;
  /** The last answer's reading, if the two clocks are too far apart, whatever the reading's own error is. */
  readonly certainSkew?: ClockReading | undefined;
  /** The same, but for the error of a `Date` of whole seconds. */
  readonly likelySkew?: ClockReading | undefined;
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

export function createWriterClock({ store, clock, guardMs }: ResolvedHome): WriterClock {
  const limitMs = allowedSkewMs(guardMs);
  let trouble: Trouble | undefined;
  return {
    throwIfKnownWrong() {
      if (trouble === undefined || !isBelieved(clock, trouble.sentAt)) return;
      throw trouble.skew ? wouldBeWrong(trouble.skew, limitMs) : wouldBeUnchecked();
    },
    watchPut() {
      if (store.capabilities.clock !== "store") return NOTHING_TO_COMPARE;
      let last: ClockReading | undefined;
      let sentAt = instantOf(clock);
      return {
        call() {
          sentAt = instantOf(clock);
          return readingOf(clock, (reading) => {
            last = reading;
            trouble = troubleOf(reading, limitMs);
          });
        },
        judge() {
          if (last !== undefined) return findingOf(last, limitMs);
          trouble = { skew: undefined, sentAt };
          return { isUnread: true };
        },
      };
    },
  };
}

const NOTHING_TO_COMPARE: PutClock = { call: () => ({}), judge: () => ({ isUnread: false }) };

function instantOf(clock: Clock): ClockInstant {
  return { wallMs: clock.now(), monotonicMs: clock.monotonic() };
}

function isBelieved(clock: Clock, { wallMs, monotonicMs }: ClockInstant): boolean {
  const ageMs = clock.monotonic() - monotonicMs;
  return ageMs < BELIEVED_MS && Math.abs(clock.now() - wallMs - ageMs) < JUMP_MS;
}

function troubleOf(reading: ClockReading, limitMs: number): Trouble | undefined {
  const skew = findingOf(reading, limitMs).certainSkew;
  return skew && { skew, sentAt: skew.sentAt };
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
  return new KeywhenError(
    "clock-skew",
    `${describeSkew(reading)}; the limit is ${seconds(limitMs)} s, because in gives an instant by this machine's clock. Nothing was sent. Set the clock (NTP), give at, or raise guard.`,
  );
}

function wouldBeUnchecked(): KeywhenError {
  return new KeywhenError(
    "clock-skew",
    `Whether in gives the right instant can't be told: ${NO_STORE_TIME} Nothing was sent. Or give at.`,
  );
}
