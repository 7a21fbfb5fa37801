import { setTimeout as delay } from "node:timers/promises";
import type { CheckedCalls } from "./checked-calls.js";
import { KeyQueues } from "./key-queues.js";
import { type Blocker, claimLocks, freeLocks, type LockClaim } from "./lock-claim.js";
import { lockNames } from "./lock-names.js";
import { type Steps, waitFor } from "./steps.js";
import { fault, throwIfAborted } from "./store-errors.js";
import type { Turns } from "./turns.js";
import type { Workplace } from "./workplace.js";

/** How long a call waits for a lock before it gives up. */
const PATIENCE_MS = 10_000;
const LONGEST_PAUSE_MS = 20;

interface ComingClaim {
  readonly hashes: Set<string>;
  users: number;
  readonly claim: Promise<LockClaim>;
}

/**
 * Locks of objects, between calls and between processes. All objects that calls of one turn ask for are claimed together: by hard
 * links to the file that describes this process, whose names have the hashes of the objects. So a lock is complete from the
 * start, and names its holder. The lock of a process that has ended is removed. A live process keeps its locks, even if it is slow
 * or frozen, so an object never has two holders.
 */
export class KeyLocks {
  readonly #disk: CheckedCalls;
  readonly #turns: Turns;
  readonly #workplace: () => Steps<Workplace>;
  readonly #queues = new KeyQueues();
  #coming: ComingClaim | undefined;
  #count = 0;

  constructor(disk: CheckedCalls, turns: Turns, workplace: () => Steps<Workplace>) {
    this.#disk = disk;
    this.#turns = turns;
    this.#workplace = workplace;
  }

  /** Runs `work` while it holds the locks of objects with these hashes. Calls may ask for the same ones in any order. */
  *hold<T>(
    hashes: readonly string[],
    signal: AbortSignal | undefined,
    work: () => Steps<T>,
  ): Steps<T> {
    const startMs = performance.now();
    const sorted = [...new Set(hashes)].sort();
    for (let attempt = 0; ; attempt++) {
      yield* this.#queues.enter(sorted);
      let claim: LockClaim | undefined;
      let blocker: Blocker | undefined;
      try {
        claim = yield* waitFor(this.#claim(sorted));
        blocker = blockerOf(claim, sorted);
        if (blocker === undefined) return yield* work();
      } finally {
        this.#queues.leave(sorted);
        if (claim !== undefined) yield* claim.release();
      }
      throwIfAborted(signal);
      if (performance.now() - startMs > PATIENCE_MS) throw stuck(blocker);
      yield* waitFor(delay(Math.min(2 ** attempt, LONGEST_PAUSE_MS) * Math.random()));
    }
  }

  /** The claim of this turn, which is made at its end. */
  #claim(hashes: readonly string[]): Promise<LockClaim> {
    this.#coming ??= this.#begin();
    for (const hash of hashes) this.#coming.hashes.add(hash);
    this.#coming.users += 1;
    return this.#coming.claim;
  }

  #begin(): ComingClaim {
    const claim = this.#turns.end().then(() => {
      this.#coming = undefined;
      return this.#turns.run(this.#makeClaim(coming));
    });
    const coming: ComingClaim = { hashes: new Set(), users: 0, claim };
    return coming;
  }

  *#makeClaim(coming: ComingClaim): Steps<LockClaim> {
    const disk = this.#disk;
    const workplace = yield* this.#workplace();
    this.#count += 1;
    const names = lockNames(workplace.self.id, this.#count, coming.hashes);
    const blockers = yield* claimLocks(disk, workplace, names, coming.hashes);
    const release = function* (): Steps<void> {
      coming.users -= 1;
      if (coming.users === 0) yield* freeLocks(disk, workplace, names);
    };
    return { blockers, release };
  }
}

function blockerOf({ blockers }: LockClaim, hashes: readonly string[]): Blocker | undefined {
  if (blockers.size === 0) return undefined;
  return hashes.map((hash) => blockers.get(hash)).find((blocker) => blocker !== undefined);
}

function stuck({ holder: { pid, machine }, lock }: Blocker): Error {
  const waited = `waited ${PATIENCE_MS / 1000} s for process ${pid} (${machine})`;
  return fault("throttled", `${waited}, which holds ${lock}: try again, or end that process`);
}
