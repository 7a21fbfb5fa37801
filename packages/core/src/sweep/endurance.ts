import { isStoreError } from "../store/object-store-error.js";

/** Why sweeping comes to nothing at present. It goes on by itself when the cause has passed. */
export interface SweepingTrouble {
  /** What the last try met. */
  readonly error: unknown;
  /** When the first of the failures in a row was met, by this machine's clock. */
  readonly since: Date;
}

/**
 * Decides what sweeping that goes on survives. Once the store has answered, every error of the store can pass: an outage,
 * credentials that another program renews, a bucket or permission that is restored. Before, only what is worth a
 * retry can pass: anything else means that the configuration is wrong.
 */
export interface Endurance {
  /** The store has answered: this configuration works. */
  succeeded(): void;
  /** False if going on makes no sense. */
  survives(error: unknown): boolean;
  /** How long to wait after the failures so far: doubling, within limits. */
  readonly pauseMs: number;
  readonly trouble: SweepingTrouble | undefined;
}

export interface EnduranceOptions {
  readonly now: () => number;
  /** Shared by sweepers of one configuration. */
  readonly proof: Proof;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

/** Whether a configuration has ever worked. */
export interface Proof {
  isGiven: boolean;
}

export function createEndurance(options: EnduranceOptions): Endurance {
  const { now, proof, firstPauseMs, longestPauseMs } = options;
  let failures = 0;
  let trouble: SweepingTrouble | undefined;
  return {
    succeeded() {
      proof.isGiven = true;
      failures = 0;
      trouble = undefined;
    },
    survives(error) {
      failures += 1;
      trouble = { error, since: trouble?.since ?? new Date(now()) };
      return isStoreError(error) && (error.retryable || proof.isGiven);
    },
    get pauseMs() {
      const doubled = firstPauseMs * 2 ** Math.max(0, failures - 1);
      return Math.max(firstPauseMs, Math.min(longestPauseMs, doubled));
    },
    get trouble() {
      return trouble;
    },
  };
}
