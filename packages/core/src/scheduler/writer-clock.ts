import { KeywhenError } from "../keywhen-error.js";
import type { ResolvedHome } from "../options/home.js";
import { allowedSkewMs, type ClockReading, readingOf } from "../requests/clock-reading.js";
import type { StoreCall } from "../store/object-store.js";
import { describeSkew } from "./clock-check.js";

/** What the answers to a scheduler's puts say about this machine's clock. It sends nothing by itself. */
export interface WriterClock {
  /** Throws `clock-skew` if a recent answer has shown that this machine's clock is wrong. */
  throwIfKnownWrong(): void;
  /** Reads the store's clock in the answers to one put. */
  watchPut(): PutClock;
}

export interface PutClock {
  /** What a request that is sent now must be given. */
  call(): Pick<StoreCall, "onDate">;
  /** The last answer's reading, if it shows that the two clocks are too far apart. */
  skew(): ClockReading | undefined;
}

/** A clock may be corrected little by little, so a reading is old after this time. */
const BELIEVED_MS = 600_000;
/** The wall clock was set, or the machine slept, if its two clocks have moved apart by more since the reading. */
const JUMP_MS = 500;

export function createWriterClock({ store, clock, guardMs }: ResolvedHome): WriterClock {
  const limitMs = allowedSkewMs(guardMs);
  let wrong: ClockReading | undefined;
  const isBelieved = ({ sentAt }: ClockReading) => {
    const ageMs = clock.monotonic() - sentAt.monotonicMs;
    return ageMs < BELIEVED_MS && Math.abs(clock.now() - sentAt.wallMs - ageMs) < JUMP_MS;
  };
  return {
    throwIfKnownWrong() {
      if (wrong !== undefined && isBelieved(wrong)) throw wouldBeWrong(wrong, limitMs);
    },
    watchPut() {
      if (store.capabilities.clock !== "store") return { call: () => ({}), skew: () => undefined };
      let last: ClockReading | undefined;
      const call = () =>
        readingOf(clock, (reading) => {
          last = isCertainlySkewed(reading, limitMs) ? reading : undefined;
          wrong = last;
        });
      return { call, skew: () => last };
    },
  };
}

/** A reading is off by half of what its answer took at most. */
function isCertainlySkewed({ aheadMs, tookMs }: ClockReading, limitMs: number): boolean {
  return Math.abs(aheadMs) - tookMs / 2 > limitMs;
}

function wouldBeWrong(reading: ClockReading, limitMs: number): KeywhenError {
  return new KeywhenError(
    "clock-skew",
    `${describeSkew(reading)}; the limit is ${(limitMs / 1_000).toFixed(1)} s, because in gives an instant by this machine's clock. Nothing was sent. Set the clock (NTP), give at, or raise guard.`,
  );
}
