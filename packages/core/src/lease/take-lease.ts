import { randomDeliveryId } from "../codec/delivery-id.js";
import { HeldLease } from "./held-lease.js";
import {
  changeLease,
  type LeaseChange,
  type LeasePlace,
  type LeaseReading,
} from "./lease-object.js";
import { dropExpired, entryOf, type LeaseState } from "./lease-state.js";

export interface LeaseRequest {
  /** The end of the range that is wanted, exclusive. */
  readonly untilMs: number;
  readonly ttlMs: number;
  /** Whether to stand on top of other holders' ranges, or to take the lease only if nobody has it. */
  readonly onTop: boolean;
  /** Said to others who find the lease held. */
  readonly label: string | undefined;
  /** Asked when the lease has been read and nothing written yet: that answer may tell that one's clock is wrong. */
  readonly mayTake?: (() => boolean) | undefined;
}

/** Who holds the lease, and until when if it isn't renewed (the store's time). */
export interface OtherHolder {
  readonly owner: string;
  readonly expiresMs: number;
}

interface Held {
  readonly heldBy: OtherHolder;
}

/** The lease is free, but whoever asked for it no longer wants it. */
interface Declined {
  readonly declined: true;
}

interface Joined {
  readonly reading: LeaseReading;
  readonly state: LeaseState;
}

export type LeaseAnswer = { readonly taken: HeldLease } | Held | Declined;

/**
 * Takes the range up to an instant if nobody is in the way; else tells who is: any holder, or, for who wants to stand on
 * top, one whose range already reaches so far. Throws what the store throws: who can't read or write the lease must
 * not sweep.
 */
export async function takeLease(
  place: LeasePlace,
  request: LeaseRequest,
  signal: AbortSignal,
): Promise<LeaseAnswer> {
  const { untilMs, ttlMs, label } = request;
  const id = randomDeliveryId(place.random);
  const owner = label === undefined ? id : `${label}/${id}`;
  const join = (reading: LeaseReading): LeaseChange<Joined | Held | Declined> => {
    const state = dropExpired(reading.state, reading.storeMs);
    const highest = state.holders.at(-1);
    const isInTheWay = highest !== undefined && (!request.onTop || highest.untilMs >= untilMs);
    if (isInTheWay) return { result: { heldBy: highest } };
    if (request.mayTake?.() === false) return { result: { declined: true } };
    const expiresMs = reading.storeMs + ttlMs;
    const holder = { owner, untilMs, expiresMs };
    const next = { ...state, holders: [...state.holders, holder] };
    // By its end it is told from an earlier try of the same holder, which counts from an earlier reading.
    const isIn = (later: LeaseState) => entryOf(later, owner)?.expiresMs === expiresMs;
    return { result: { reading, state: next }, write: { state: next, isIn } };
  };
  const answer = await changeLease(place, join, signal);
  if (!("state" in answer)) return answer;
  return { taken: new HeldLease(place, { owner, untilMs, ttlMs, ...answer }) };
}
