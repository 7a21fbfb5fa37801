import { onAbort } from "../callbacks.js";
import type { Stopwatch } from "../machine.js";
import { retryPauseMs } from "../requests/retry.js";
import { storeErrorOf } from "../store/object-store-error.js";
import {
  changeLease,
  type LeaseChange,
  type LeasePlace,
  type LeaseReading,
} from "./lease-object.js";
import {
  dropExpired,
  entryOf,
  type LeaseAccount,
  type LeaseState,
  rangeStartMs,
  releaseHolder,
  renewHolder,
} from "./lease-state.js";

export interface HeldLeaseOptions {
  readonly owner: string;
  readonly untilMs: number;
  readonly ttlMs: number;
  /** The reading that the entry is based on, and what was written. */
  readonly reading: LeaseReading;
  readonly state: LeaseState;
}

/** Copies end this long before the lease does. */
const BEFORE_EXPIRY_MS = 1_000;
/** How exactly the end is kept, should the wall clock run ahead of the monotonic one. */
const WATCH_MS = 1_000;
/** Between two tries to renew: on a store at its limit, perhaps every fifth write gets through. */
const LONGEST_PAUSE_MS = 500;

/**
 * A range of due instants that belongs to this holder for a while: from `fromMs` to before `untilMs`. Renews the lease at
 * half of its time until it is released or lost.
 */
export class HeldLease {
  readonly untilMs: number;
  readonly ttlMs: number;
  readonly #place: LeasePlace;
  readonly #owner: string;
  readonly #lost = new AbortController();
  readonly #renewing = new AbortController();
  readonly #ended = new AbortController();
  #state: LeaseState;
  #elapsedMs: Stopwatch;

  constructor(place: LeasePlace, { owner, untilMs, ttlMs, reading, state }: HeldLeaseOptions) {
    this.#place = place;
    this.#owner = owner;
    this.untilMs = untilMs;
    this.ttlMs = ttlMs;
    this.#state = state;
    this.#elapsedMs = reading.elapsedMs;
    void this.#watch();
    void this.#keepRenewing();
  }

  /** The start of the range, inclusive. */
  get fromMs(): number {
    return rangeStartMs(this.#state, this.#owner);
  }

  get sweptThroughMs(): number | undefined {
    return this.#state.sweptThroughMs;
  }

  get uncleanMs(): number | undefined {
    return this.#state.uncleanMs;
  }

  /** Aborts when the lease is lost: it could not be renewed in time, or its entry was removed. */
  get lostSignal(): AbortSignal {
    return this.#lost.signal;
  }

  /** How long copies may go on, in milliseconds; 0 or less once the lease is lost. */
  leftMs(): number {
    return this.#lost.signal.aborted ? 0 : this.ttlMs - this.#elapsedMs() - BEFORE_EXPIRY_MS;
  }

  /** Reads the lease again, and takes over what a dead holder below has left. */
  async refresh(signal: AbortSignal): Promise<void> {
    const seen = await changeLease(this.#place, (reading) => look(reading, this.#owner), signal);
    if (seen === undefined) this.#lose();
    else this.#state = seen;
  }

  /** Ends the renewing and, unless the lease is lost, leaves the account for the next holder. */
  async release(account: LeaseAccount, signal: AbortSignal): Promise<void> {
    this.#renewing.abort();
    if (this.#lost.signal.aborted) return;
    const inTime = new AbortController();
    onAbort(signal, () => inTime.abort());
    onAbort(this.#lost.signal, () => inTime.abort());
    const remove = (reading: LeaseReading) => release(reading, this.#owner, account);
    try {
      await changeLease(this.#place, remove, inTime.signal);
    } finally {
      this.#ended.abort();
    }
  }

  #lose(): void {
    if (this.#ended.signal.aborted) return;
    this.#lost.abort();
    this.#renewing.abort();
    this.#ended.abort();
  }

  async #watch(): Promise<void> {
    const { clock } = this.#place;
    const { signal } = this.#ended;
    while (!signal.aborted) {
      await clock.sleep(Math.min(WATCH_MS, Math.max(1, this.leftMs())), { signal });
      if (this.leftMs() <= 0) this.#lose();
    }
  }

  async #keepRenewing(): Promise<void> {
    const { clock, random } = this.#place;
    const { signal } = this.#renewing;
    for (let attempt = 1; ; attempt++) {
      const retryMs = Math.min(LONGEST_PAUSE_MS, retryPauseMs(attempt, random));
      const pauseMs = attempt === 1 ? this.ttlMs / 2 - this.#elapsedMs() : retryMs;
      await clock.sleep(Math.max(0, pauseMs), { signal });
      if (signal.aborted) return;
      const outcome = await this.#renew();
      if (outcome === "over") {
        this.#lose();
        return;
      }
      if (outcome === "renewed") attempt = 0;
    }
  }

  async #renew(): Promise<"renewed" | "over" | "failed"> {
    const decide = (reading: LeaseReading) =>
      this.leftMs() <= 0 ? { result: undefined } : prolong(reading, this.#owner, this.ttlMs);
    try {
      const renewal = await changeLease(this.#place, decide, this.#renewing.signal);
      if (renewal === undefined) return "over";
      this.#state = renewal.state;
      this.#elapsedMs = renewal.elapsedMs;
      return "renewed";
    } catch (caught) {
      return storeErrorOf(caught).code === "denied" ? "over" : "failed"; // tried again until the lease ends
    }
  }
}

interface Renewal {
  readonly state: LeaseState;
  readonly elapsedMs: Stopwatch;
}

/** Nothing to prolong where the entry has been removed. */
function prolong(
  reading: LeaseReading,
  owner: string,
  ttlMs: number,
): LeaseChange<Renewal | undefined> {
  if (entryOf(reading.state, owner) === undefined) return { result: undefined };
  const expiresMs = reading.storeMs + ttlMs;
  const state = renewHolder(dropExpired(reading.state, reading.storeMs), owner, expiresMs);
  const isIn = (later: LeaseState) => entryOf(later, owner)?.expiresMs === expiresMs;
  return { result: { state, elapsedMs: reading.elapsedMs }, write: { state, isIn } };
}

/** What the lease says now, without the dead; nothing if this holder is not in it any more, or dead itself. */
function look(reading: LeaseReading, owner: string): LeaseChange<LeaseState | undefined> {
  const next = dropExpired(reading.state, reading.storeMs);
  if (entryOf(next, owner) === undefined) return { result: undefined };
  const dead = reading.state.holders.filter((one) => entryOf(next, one.owner) === undefined);
  if (dead.length === 0) return { result: next };
  const isIn = (later: LeaseState) => !dead.some((one) => entryOf(later, one.owner) !== undefined);
  return { result: next, write: { state: next, isIn } };
}

/** Nothing to release where the entry has been removed. */
function release(reading: LeaseReading, owner: string, account: LeaseAccount) {
  if (entryOf(reading.state, owner) === undefined) return { result: undefined };
  const state = releaseHolder(reading.state, owner, account, reading.storeMs);
  const isIn = (later: LeaseState) => entryOf(later, owner) === undefined;
  return { result: undefined, write: { state, isIn } };
}
