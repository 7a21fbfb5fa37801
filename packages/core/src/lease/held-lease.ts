import { onAbort } from "../callbacks.js";
import { randomDeliveryId } from "../key/delivery-id.js";
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
  type LeaseHolder,
  type LeaseState,
  rangeStartMs,
  releaseHolder,
  renewHolder,
} from "./lease-state.js";

export interface LeaseRequest {
  /** The end of the requested range, exclusive. */
  readonly untilMs: number;
  readonly ttlMs: number;
  /** Whether to take a range above those of other holders, or to take the lease only if it is free. */
  readonly onTop: boolean;
  readonly label: string | undefined;
  /** Called when the lease has been read and nothing is written yet: the answer may show that this machine's clock is wrong. */
  readonly mayTake?: (() => boolean) | undefined;
}

/** Another holder of the lease, and when its entry expires unless it is renewed (the store's time). */
export type OtherHolder = Pick<LeaseHolder, "owner" | "expiresMs">;

/** `declined`: the lease is free, but `mayTake` did not allow to take it. */
export type LeaseResult =
  | { readonly outcome: "taken"; readonly lease: HeldLease }
  | { readonly outcome: "held"; readonly by: OtherHolder }
  | { readonly outcome: "declined" };

/**
 * Takes the range up to an instant unless another holder is in the way: any holder or, with `onTop`, one whose range already
 * reaches that far. Throws what the store throws: a sweeper that can't read or write the lease must not sweep.
 */
export async function takeLease(
  place: LeasePlace,
  { untilMs, ttlMs, onTop, label, mayTake }: LeaseRequest,
  signal: AbortSignal,
): Promise<LeaseResult> {
  const id = randomDeliveryId(place.random);
  const owner = label === undefined ? id : `${label}/${id}`;
  const join = ({ state, storeMs, elapsedMs }: LeaseReading): LeaseChange<Joined> => {
    const live = dropExpired(state, storeMs);
    const highest = live.holders.at(-1);
    const isInTheWay = highest !== undefined && (!onTop || highest.untilMs >= untilMs);
    if (isInTheWay) return { result: { outcome: "held", by: highest } };
    if (mayTake?.() === false) return { result: { outcome: "declined" } };
    const own = { owner, untilMs, expiresMs: storeMs + ttlMs };
    const next = { ...live, holders: [...live.holders, own] };
    const grant = { state: next, elapsedMs };
    return { result: { outcome: "joined", grant }, write: next, isIn: hasEntry(own) };
  };
  const result = await changeLease(place, join, signal);
  if (result.outcome !== "joined") return result;
  return { outcome: "taken", lease: new HeldLease(place, owner, ttlMs, result.grant) };
}

/** Returns whether a state has exactly this entry. An entry of an earlier try of the same holder expires earlier. */
function hasEntry({ owner, expiresMs }: LeaseHolder): (later: LeaseState) => boolean {
  return (later) => entryOf(later, owner)?.expiresMs === expiresMs;
}

/** What a holder has written, and the time since the reading before it. */
type Grant = Pick<LeaseReading, "state" | "elapsedMs">;

type Joined =
  | Exclude<LeaseResult, { readonly outcome: "taken" }>
  | { readonly outcome: "joined"; readonly grant: Grant };

/** Copies end this long before the lease does. */
const BEFORE_EXPIRY_MS = 1_000;
/** How often the wall clock is compared with the monotonic one, to notice an expiry that the timer would miss. */
const WATCH_MS = 1_000;
/** Between two tries to renew. They are frequent because an overloaded store may accept only one write in five. */
const LONGEST_PAUSE_MS = 500;

/** A range of due instants that belongs to this holder, which renews the lease at half of its time until it is released or lost. */
export class HeldLease {
  readonly ttlMs: number;
  readonly #place: LeasePlace;
  readonly #owner: string;
  readonly #lost = new AbortController();
  readonly #renewing = new AbortController();
  readonly #ended = new AbortController();
  #grant: Grant;

  constructor(place: LeasePlace, owner: string, ttlMs: number, grant: Grant) {
    this.#place = place;
    this.#owner = owner;
    this.ttlMs = ttlMs;
    this.#grant = grant;
    void this.#watch();
    void this.#keepRenewing();
  }

  get fromMs(): number {
    return rangeStartMs(this.#grant.state, this.#owner);
  }

  get sweptThroughMs(): number | undefined {
    return this.#grant.state.sweptThroughMs;
  }

  get uncleanMs(): number | undefined {
    return this.#grant.state.uncleanMs;
  }

  /** Aborts when the lease is lost: it could not be renewed in time, or its entry was removed. */
  get lostSignal(): AbortSignal {
    return this.#lost.signal;
  }

  /** Returns how long copies may continue, in milliseconds; 0 or less once the lease is lost. */
  leftMs(): number {
    return this.#lost.signal.aborted ? 0 : this.ttlMs - this.#grant.elapsedMs() - BEFORE_EXPIRY_MS;
  }

  /** Reads the lease again, and takes over the range of a dead holder below. */
  async refresh(signal: AbortSignal): Promise<void> {
    const dropDead = (reading: LeaseReading): LeaseChange<LeaseState | undefined> => {
      const next = dropExpired(reading.state, reading.storeMs);
      if (entryOf(next, this.#owner) === undefined) return { result: undefined };
      const isSame = next.holders.length === reading.state.holders.length;
      return isSame ? { result: next } : { result: next, write: next };
    };
    const state = await changeLease(this.#place, dropDead, signal);
    if (state === undefined) this.#lose();
    else this.#grant = { ...this.#grant, state };
  }

  /** Ends the renewing and, unless the lease is lost, leaves the account for the next holder. */
  async release(account: LeaseAccount, signal: AbortSignal): Promise<void> {
    this.#renewing.abort();
    if (this.#lost.signal.aborted) return;
    const inTime = new AbortController();
    onAbort(signal, () => inTime.abort());
    onAbort(this.#lost.signal, () => inTime.abort());
    const remove = ({ state, storeMs }: LeaseReading): LeaseChange<undefined> => {
      const isGone = entryOf(state, this.#owner) === undefined;
      const next = isGone ? undefined : releaseHolder(state, this.#owner, account, storeMs);
      return { result: undefined, write: next };
    };
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
    const { signal } = this.#ended;
    while (!signal.aborted) {
      const pauseMs = Math.min(WATCH_MS, Math.max(1, this.leftMs()));
      await this.#place.clock.sleep(pauseMs, { signal });
      if (this.leftMs() <= 0) this.#lose();
    }
  }

  async #keepRenewing(): Promise<void> {
    const { clock, random } = this.#place;
    const { signal } = this.#renewing;
    for (let attempt = 1; ; attempt++) {
      const retryMs = Math.min(LONGEST_PAUSE_MS, retryPauseMs(attempt, random));
      const pauseMs = attempt === 1 ? this.ttlMs / 2 - this.#grant.elapsedMs() : retryMs;
      await clock.sleep(Math.max(0, pauseMs), { signal });
      if (signal.aborted) return;
      if (await this.#renew()) attempt = 0;
    }
  }

  /** Returns whether the lease is renewed. If it failed, it is tried again until the lease ends. */
  async #renew(): Promise<boolean> {
    const prolong = (reading: LeaseReading): LeaseChange<Grant | undefined> => {
      const { state, storeMs, elapsedMs } = reading;
      const live = dropExpired(state, storeMs);
      const own = entryOf(live, this.#owner);
      if (own === undefined || this.leftMs() <= 0) return { result: undefined };
      const expiresMs = storeMs + this.ttlMs;
      const next = renewHolder(live, this.#owner, expiresMs);
      const isIn = hasEntry({ ...own, expiresMs });
      return { result: { state: next, elapsedMs }, write: next, isIn };
    };
    try {
      const grant = await changeLease(this.#place, prolong, this.#renewing.signal);
      if (grant === undefined) this.#lose();
      else this.#grant = grant;
      return grant !== undefined;
    } catch (caught) {
      if (storeErrorOf(caught).code === "denied") this.#lose();
      return false;
    }
  }
}
