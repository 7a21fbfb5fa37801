/**
 * What sweepers share: who owns which due instants, and what is known of the past. A range is
 * [next lower holder's `untilMs`, own `untilMs`); the lowest reaches back for ever.
 */
export interface LeaseState {
  /** By rising `untilMs`. */
  readonly holders: readonly LeaseHolder[];
  /**
   * Every event that was due and stored by this store time has been tried once. A hint: if it is wrong, an
   * event is tried once too often or later by less than one back-off step.
   */
  readonly sweptThroughMs: number | undefined;
  /** Events due by this instant may have been copied by a holder that could not delete them. */
  readonly uncleanMs: number | undefined;
}

export interface LeaseHolder {
  /** Unique to one taking of the lease. */
  readonly owner: string;
  /** The end of its range, exclusive. */
  readonly untilMs: number;
  /** By the store's clock. */
  readonly expiresMs: number;
}

/** What a holder knows of its work when it lets go. */
export interface LeaseAccount {
  /** The youngest due instant among events copied but not certainly deleted, or not certainly copied. */
  readonly uncertainMs: number | undefined;
  /** Everything that was due below its `untilMs` came to a result of its own. */
  readonly attemptedAll: boolean;
  /** How far `sweptThroughMs` may go by this holder's work. */
  readonly sweptThroughMs: number | undefined;
}

export const NO_HOLDERS: LeaseState = {
  holders: [],
  sweptThroughMs: undefined,
  uncleanMs: undefined,
};

/** The longest that anyone takes the lease for without renewing it: an entry beyond that is nonsense. */
const LONGEST_TTL_MS = 180_000;
/** Between the end of an entry and its removal, because Dates have whole seconds. */
const GRACE_MS = 2_000;
/** A reading may be of a state that is so much younger: where one clock serves, its time is from before the question. */
const LONGEST_READ_MS = 10_000;
/** No host looks further ahead: an `untilMs` or `uncleanMs` beyond that is nonsense. */
const FARTHEST_RANGE_MS = 86_400_000;

/**
 * The state without what can't be true or is over at `storeMs`: expired holders are removed, and what they
 * may have copied becomes unclean.
 */
export function dropExpired(state: LeaseState, storeMs: number): LeaseState {
  const dead = state.holders.filter((holder) => isDead(holder, storeMs));
  const farthestMs = storeMs + FARTHEST_RANGE_MS;
  const ranges = dead.map(({ untilMs }) => Math.min(untilMs, farthestMs));
  const isFromTheFuture = (state.sweptThroughMs ?? storeMs) > storeMs + LONGEST_READ_MS;
  const unclean = [...ranges, ...(isFromTheFuture ? [storeMs] : [])];
  return {
    holders: state.holders.filter((holder) => !isDead(holder, storeMs)),
    sweptThroughMs: isFromTheFuture ? undefined : state.sweptThroughMs,
    uncleanMs: latest(believable(state.uncleanMs, storeMs), ...unclean),
  };
}

/** Of an instant that no holder can have meant, that it is now: what is due by then is looked up once. */
function believable(uncleanMs: number | undefined, storeMs: number): number | undefined {
  return (uncleanMs ?? storeMs) > storeMs + FARTHEST_RANGE_MS ? storeMs : uncleanMs;
}

function isDead({ expiresMs, untilMs }: LeaseHolder, storeMs: number): boolean {
  const isOver = expiresMs + GRACE_MS <= storeMs;
  const isUntrue =
    expiresMs > storeMs + LONGEST_TTL_MS + GRACE_MS || untilMs > storeMs + FARTHEST_RANGE_MS;
  return isOver || isUntrue;
}

/** The same with one holder's time prolonged. */
export function renewHolder(state: LeaseState, owner: string, expiresMs: number): LeaseState {
  const holders = state.holders.map((holder) =>
    holder.owner === owner ? { ...holder, expiresMs } : holder,
  );
  return { ...state, holders };
}

/** The state after a holder has let go. */
export function removeHolder(state: LeaseState, owner: string, account: LeaseAccount): LeaseState {
  const index = state.holders.findIndex((holder) => holder.owner === owner);
  const own = state.holders[index];
  if (own === undefined) return state;
  const holders = state.holders.filter((holder) => holder !== own);
  const isLowest = index === 0;
  const isClean =
    isLowest && account.attemptedAll && (state.uncleanMs ?? own.untilMs) <= own.untilMs;
  return {
    holders,
    sweptThroughMs: isLowest
      ? latest(state.sweptThroughMs, account.sweptThroughMs)
      : state.sweptThroughMs,
    uncleanMs: latest(isClean ? undefined : state.uncleanMs, account.uncertainMs),
  };
}

/**
 * The state that a holder leaves at `storeMs`. It counts itself out first and then the dead: what lay below a dead one
 * was not this holder's to sweep.
 */
export function releaseHolder(
  state: LeaseState,
  owner: string,
  account: LeaseAccount,
  storeMs: number,
): LeaseState {
  return dropExpired(removeHolder(state, owner, account), storeMs);
}

/** Where an owner's range begins; never, if it has none. */
export function rangeStartMs(state: LeaseState, owner: string): number {
  const index = state.holders.findIndex((holder) => holder.owner === owner);
  if (index < 0) return Number.POSITIVE_INFINITY;
  return state.holders[index - 1]?.untilMs ?? Number.NEGATIVE_INFINITY;
}

export function entryOf(state: LeaseState, owner: string): LeaseHolder | undefined {
  return state.holders.find((holder) => holder.owner === owner);
}

function latest(...instants: readonly (number | undefined)[]): number | undefined {
  const known = instants.filter((instant) => instant !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
