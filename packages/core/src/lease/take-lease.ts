import { randomDeliveryId } from "../codec/delivery-id.js";
import { type HeldLease, holdLease } from "./held-lease.js";
import {
  changeLease,
  type LeaseChange,
  type LeasePlace,
  type LeaseReading,
} from "./lease-object.js";
import { entryOf, type LeaseState, withoutDead } from "./lease-state.js";

export interface LeaseRequest {
  /** The end of the range that is wanted, exclusive. */
  readonly untilMs: number;
  readonly ttlMs: number;
  /** Said to others who find the lease held. */
  readonly label: string | undefined;
}

/** Who holds the lease, and until when if it isn't renewed (the store's time). */
export interface OtherHolder {
  readonly owner: string;
  readonly expiresMs: number;
}

interface Held {
  readonly heldBy: OtherHolder;
}

interface Joined {
  readonly reading: LeaseReading;
  readonly state: LeaseState;
}

export type LeaseAnswer = { readonly taken: HeldLease } | Held;

/**
 * Takes the range up to an instant if nobody holds any; else tells who does. Throws what the store throws: who
 * can't read or write the lease must not sweep.
 */
export async function takeLease(
  place: LeasePlace,
  request: LeaseRequest,
  signal: AbortSignal,
): Promise<LeaseAnswer> {
  const { untilMs, ttlMs, label } = request;
  const id = randomDeliveryId(place.random);
  const owner = label === undefined ? id : `${label}/${id}`;
  const join = (reading: LeaseReading): LeaseChange<Joined | Held> => {
    const state = withoutDead(reading.state, reading.storeMs);
    const [other] = state.holders;
    if (other !== undefined) return { result: { heldBy: other } };
    const holder = { owner, untilMs, expiresMs: reading.storeMs + ttlMs };
    const next = { ...state, holders: [holder] };
    const isIn = (later: LeaseState) => entryOf(later, owner) !== undefined;
    return { result: { reading, state: next }, write: { state: next, isIn } };
  };
  const answer = await changeLease(place, join, signal);
  if ("heldBy" in answer) return answer;
  return { taken: holdLease(place, { owner, untilMs, ttlMs, ...answer }) };
}
