import { onAbort } from "../on-abort.js";
import { retryPauseMs } from "../requests/retry.js";
import { storeErrorOf } from "../store/object-store-error.js";
import {
  changeLease,
  type LeaseChange,
  type LeasePlace,
  type LeaseReading,
} from "./lease-object.js";
import {
  entryOf,
  type LeaseAccount,
  type LeaseState,
  left,
  rangeStartMs,
  renewed,
  withoutDead,
} from "./lease-state.js";
import type { Stopwatch } from "./stopwatch.js";

/** A range of due instants that is this holder's own for a while, and is renewed as long as it is held. */
export interface HeldLease {
  /** The range: due at this instant or later, and before `untilMs`. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly sweptThroughMs: number | undefined;
  readonly uncleanMs: number | undefined;
  readonly ttlMs: number;
  /** How long copies may go on, in milliseconds; 0 or less once the lease is lost. */
  leftMs(): number;
  /** Reads the lease again, and takes over what a dead holder below has left. */
  refresh(signal: AbortSignal): Promise<void>;
  /** Aborts when the lease is lost: it could not be renewed in time, or somebody removed it. */
  readonly lostSignal: AbortSignal;
  /** Ends the renewing and, unless the lease is lost, leaves the account for the next holder. */
  release(account: LeaseAccount, signal: AbortSignal): Promise<void>;
}

export interface HeldLeaseOptions {
  readonly owner: string;
  readonly untilMs: number;
  readonly ttlMs: number;
  /** The reading that the entry rests on, and what was written. */
  readonly reading: LeaseReading;
  readonly state: LeaseState;
}

/** Copies end this long before the lease does. */
const BEFORE_EXPIRY_MS = 1_000;
/** How exactly the end is kept, should the wall clock run ahead of the monotonic one. */
const WATCH_MS = 1_000;
/** Between two tries to renew: on a store that is asked for all it has, only every fifth write may come through. */
const LONGEST_PAUSE_MS = 500;

/** Holds what has been taken: renews it at half its time, and tells when it is lost. */
export function holdLease(place: LeasePlace, options: HeldLeaseOptions): HeldLease {
  const { owner, untilMs, ttlMs } = options;
  const { clock, random } = place;
  const lost = new AbortController();
  const renewing = new AbortController();
  const ended = new AbortController();
  let { state } = options;
  let { elapsedMs } = options.reading;

  const leftMs = () => (lost.signal.aborted ? 0 : ttlMs - elapsedMs() - BEFORE_EXPIRY_MS);

  const lose = () => {
    if (ended.signal.aborted) return;
    lost.abort();
    renewing.abort();
    ended.abort();
  };

  const watch = async () => {
    while (!ended.signal.aborted) {
      await clock.sleep(Math.min(WATCH_MS, Math.max(1, leftMs())), { signal: ended.signal });
      if (leftMs() <= 0) lose();
    }
  };

  const keepRenewing = async () => {
    for (let attempt = 1; ; attempt++) {
      const retryMs = Math.min(LONGEST_PAUSE_MS, retryPauseMs(attempt, random));
      const pauseMs = attempt === 1 ? ttlMs / 2 - elapsedMs() : retryMs;
      await clock.sleep(Math.max(0, pauseMs), { signal: renewing.signal });
      if (renewing.signal.aborted) return;
      const outcome = await renew();
      if (outcome === "over") return lose();
      if (outcome === "renewed") attempt = 0;
    }
  };

  const renew = async (): Promise<"renewed" | "over" | "failed"> => {
    try {
      const decide = (reading: LeaseReading) =>
        leftMs() <= 0 ? { result: undefined } : prolong(reading, owner, ttlMs);
      const renewal = await changeLease(place, decide, renewing.signal);
      if (renewal === undefined) return "over";
      state = renewal.state;
      elapsedMs = renewal.elapsedMs;
      return "renewed";
    } catch (caught) {
      return storeErrorOf(caught).code === "denied" ? "over" : "failed"; // tried again until the lease ends
    }
  };

  void watch();
  void keepRenewing();

  return {
    get fromMs() {
      return rangeStartMs(state, owner);
    },
    untilMs,
    ttlMs,
    get sweptThroughMs() {
      return state.sweptThroughMs;
    },
    get uncleanMs() {
      return state.uncleanMs;
    },
    leftMs,
    async refresh(signal) {
      const seen = await changeLease(place, (reading) => look(reading, owner), signal);
      if (seen === undefined) lose();
      else state = seen;
    },
    lostSignal: lost.signal,
    async release(account, signal) {
      renewing.abort();
      if (lost.signal.aborted) return;
      const inTime = new AbortController();
      onAbort(signal, () => inTime.abort());
      onAbort(lost.signal, () => inTime.abort());
      try {
        await changeLease(place, (reading) => letGo(reading, owner, account), inTime.signal);
      } finally {
        ended.abort();
      }
    },
  };
}

interface Renewal {
  readonly state: LeaseState;
  readonly elapsedMs: Stopwatch;
}

/** Nothing to prolong where somebody has removed the entry. */
function prolong(
  reading: LeaseReading,
  owner: string,
  ttlMs: number,
): LeaseChange<Renewal | undefined> {
  if (entryOf(reading.state, owner) === undefined) return { result: undefined };
  const expiresMs = reading.storeMs + ttlMs;
  const state = renewed(withoutDead(reading.state, reading.storeMs), owner, expiresMs);
  const isIn = (later: LeaseState) => entryOf(later, owner)?.expiresMs === expiresMs;
  return { result: { state, elapsedMs: reading.elapsedMs }, write: { state, isIn } };
}

/** What the lease says now, without the dead; nothing if this holder is not in it any more, or dead itself. */
function look(reading: LeaseReading, owner: string): LeaseChange<LeaseState | undefined> {
  const next = withoutDead(reading.state, reading.storeMs);
  if (entryOf(next, owner) === undefined) return { result: undefined };
  const dead = reading.state.holders.filter((one) => entryOf(next, one.owner) === undefined);
  if (dead.length === 0) return { result: next };
  const isIn = (later: LeaseState) => !dead.some((one) => entryOf(later, one.owner) !== undefined);
  return { result: next, write: { state: next, isIn } };
}

function letGo(reading: LeaseReading, owner: string, account: LeaseAccount) {
  if (entryOf(reading.state, owner) === undefined) return { result: undefined };
  const state = left(reading.state, owner, account, reading.storeMs);
  const isIn = (later: LeaseState) => entryOf(later, owner) === undefined;
  return { result: undefined, write: { state, isIn } };
}
