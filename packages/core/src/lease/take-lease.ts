import { randomDeliveryId } from "../key/delivery-id.js";
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
  /** Whether to take a range above those of other holders, or to take the lease only if it is free. */
  readonly onTop: boolean;
  /** Shown to other sweepers that find the lease held. */
  readonly label: string | undefined;
  /** Called when the lease has been read and nothing is written yet: the answer may show that this machine's clock is wrong. */
  readonly mayTake?: (() => boolean) | undefined;
}

/** Another holder of the lease, and when its entry expires unless it is renewed (the store's time). */
export interface OtherHolder {
  readonly owner: string;
  readonly expiresMs: number;
}

/** `declined`: the lease is free, but `mayTake` did not allow to take it. */
type NotTaken =
  | { readonly outcome: "held"; readonly by: OtherHolder }
  | { readonly outcome: "declined" };

interface Joined {
  readonly outcome: "joined";
  readonly reading: LeaseReading;
  readonly state: LeaseState;
}

export type LeaseResult = { readonly outcome: "taken"; readonly lease: HeldLease } | NotTaken;

/**
 * Takes the range up to an instant unless another holder is in the way: any holder or, with `onTop`, one whose range already
 * reaches that far. Throws what the store throws: a sweeper that can't read or write the lease must not sweep.
 */
export async function takeLease(
  place: LeasePlace,
  request: LeaseRequest,
  signal: AbortSignal,
): Promise<LeaseResult> {
  const { untilMs, ttlMs, label } = request;
  const id = randomDeliveryId(place.random);
  const owner = label === undefined ? id : `${label}/${id}`;
  const join = (reading: LeaseReading): LeaseChange<Joined | NotTaken> => {
    const state = dropExpired(reading.state, reading.storeMs);
    const highest = state.holders.at(-1);
    const isInTheWay = highest !== undefined && (!request.onTop || highest.untilMs >= untilMs);
    if (isInTheWay) return { result: { outcome: "held", by: highest } };
    if (request.mayTake?.() === false) return { result: { outcome: "declined" } };
    const expiresMs = reading.storeMs + ttlMs;
    const holder = { owner, untilMs, expiresMs };
    const next = { ...state, holders: [...state.holders, holder] };
    // An earlier try of the same holder counts from an earlier reading, so its entry expires earlier.
    const isIn = (later: LeaseState) => entryOf(later, owner)?.expiresMs === expiresMs;
    const result = { outcome: "joined", reading, state: next } as const;
    return { result, write: { state: next, isIn } };
  };
  const answer = await changeLease(place, join, signal);
  if (answer.outcome !== "joined") return answer;
  const { reading, state } = answer;
  const lease = new HeldLease(place, { owner, untilMs, ttlMs, reading, state });
  return { outcome: "taken", lease };
}
