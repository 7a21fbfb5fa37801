import { formatInstant, parseWholeInstant } from "../time/instant.js";
import { isJsonObject, parseJson } from "../values.js";

/**
 * What sweepers share: the owner of each range of due instants, and what is known of the past. A range is
 * [next lower holder's `untilMs`, own `untilMs`); the lowest range has no beginning.
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
  /** Different each time that the lease is taken. */
  readonly owner: string;
  /** The end of its range, exclusive. */
  readonly untilMs: number;
  /** By the store's clock. */
  readonly expiresMs: number;
}

/** What a holder reports of its work when it releases its entry. */
export interface LeaseAccount {
  /** The latest due instant of an event that was copied but not certainly deleted, or not certainly copied. */
  readonly uncertainMs: number | undefined;
  /** Every event that was due below its `untilMs` has an outcome. */
  readonly attemptedAll: boolean;
  /** How far `sweptThroughMs` may go by this holder's work. */
  readonly sweptThroughMs: number | undefined;
}

export const NO_HOLDERS: LeaseState = {
  holders: [],
  sweptThroughMs: undefined,
  uncleanMs: undefined,
};

/** No sweeper takes the lease for longer without renewing it: an entry that expires later is not believed. */
const LONGEST_TTL_MS = 180_000;
/** Between the end of an entry and its removal, because HTTP dates have whole seconds. */
const GRACE_MS = 2_000;
/** A reading can find a state that is newer by this much: if both sides read one clock, the time of a reading is taken before the request. */
const LONGEST_READ_MS = 10_000;
/** No host looks further ahead: a later `untilMs` or `uncleanMs` is not believed. */
const FARTHEST_RANGE_MS = 86_400_000;

/** Returns the state without expired holders and what can't be true at `storeMs`. What they may have copied becomes unclean. */
export function dropExpired(state: LeaseState, storeMs: number): LeaseState {
  const dead = state.holders.filter((holder) => isDead(holder, storeMs));
  const farthestMs = storeMs + FARTHEST_RANGE_MS;
  const ranges = dead.map(({ untilMs }) => Math.min(untilMs, farthestMs));
  const isFromTheFuture = (state.sweptThroughMs ?? storeMs) > storeMs + LONGEST_READ_MS;
  const isUncleanFarAhead = (state.uncleanMs ?? storeMs) > farthestMs;
  const unclean = [...ranges, isUncleanFarAhead ? storeMs : state.uncleanMs];
  return {
    holders: state.holders.filter((holder) => !dead.includes(holder)),
    sweptThroughMs: isFromTheFuture ? undefined : state.sweptThroughMs,
    uncleanMs: latest(...unclean, isFromTheFuture ? storeMs : undefined),
  };
}

function isDead({ expiresMs, untilMs }: LeaseHolder, storeMs: number): boolean {
  const isOver = expiresMs + GRACE_MS <= storeMs;
  const isUntrue =
    expiresMs > storeMs + LONGEST_TTL_MS + GRACE_MS || untilMs > storeMs + FARTHEST_RANGE_MS;
  return isOver || isUntrue;
}

export function renewHolder(state: LeaseState, owner: string, expiresMs: number): LeaseState {
  const holders = state.holders.map((holder) =>
    holder.owner === owner ? { ...holder, expiresMs } : holder,
  );
  return { ...state, holders };
}

/** Removes its own entry before those of the dead: what is due below a dead holder's `untilMs` was not its own to sweep. */
export function releaseHolder(
  state: LeaseState,
  owner: string,
  account: LeaseAccount,
  storeMs: number,
): LeaseState {
  return dropExpired(removeHolder(state, owner, account), storeMs);
}

function removeHolder(state: LeaseState, owner: string, account: LeaseAccount): LeaseState {
  const own = entryOf(state, owner);
  if (own === undefined) return state;
  const isLowest = own === state.holders[0];
  const isClean =
    isLowest && account.attemptedAll && (state.uncleanMs ?? own.untilMs) <= own.untilMs;
  return {
    holders: state.holders.filter((holder) => holder !== own),
    sweptThroughMs: latest(state.sweptThroughMs, isLowest ? account.sweptThroughMs : undefined),
    uncleanMs: latest(isClean ? undefined : state.uncleanMs, account.uncertainMs),
  };
}

/** Returns the beginning of an owner's range; infinitely late if it has no range. */
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

/** `nonce`: on S3 the version of an object is a hash of its content. */
export function writeLeaseJson(state: LeaseState, nonce: string): string {
  const instant = (ms: number | undefined) => (ms === undefined ? undefined : formatInstant(ms));
  return JSON.stringify({
    holders: state.holders.map(({ owner, untilMs, expiresMs }) => ({
      owner,
      until: instant(untilMs),
      expires: instant(expiresMs),
    })),
    sweptThrough: instant(state.sweptThroughMs),
    unclean: instant(state.uncleanMs),
    nonce,
  });
}

/** Reads the text of a lease object; `undefined` if it is not one. Ignores unknown fields. */
export function parseLeaseJson(text: string): LeaseState | undefined {
  const json = parseJson(text);
  if (!isJsonObject(json) || !Array.isArray(json["holders"])) return undefined;
  const holders = json["holders"].map(parseHolder);
  const sweptThroughMs = parseOptionalInstant(json["sweptThrough"]);
  const uncleanMs = parseOptionalInstant(json["unclean"]);
  if (!holders.every((holder) => holder !== undefined)) return undefined;
  if (sweptThroughMs === "invalid" || uncleanMs === "invalid") return undefined;
  holders.sort((one, other) => one.untilMs - other.untilMs);
  return { holders, sweptThroughMs, uncleanMs };
}

function parseHolder(json: unknown): LeaseHolder | undefined {
  if (!isJsonObject(json)) return undefined;
  const { owner, until, expires } = json;
  const untilMs = parseWholeInstant(until);
  const expiresMs = parseWholeInstant(expires);
  if (typeof owner !== "string" || untilMs === undefined || expiresMs === undefined)
    return undefined;
  return { owner, untilMs, expiresMs };
}

function parseOptionalInstant(json: unknown): number | undefined | "invalid" {
  return json === undefined ? undefined : (parseWholeInstant(json) ?? "invalid");
}
