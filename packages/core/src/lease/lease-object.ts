import type { Schedule } from "../options/schedule.js";
import {
  changeShared,
  readShared,
  type SharedChange,
  type SharedObject,
  type SharedReading,
} from "../requests/shared-object.js";
import { noStoreTime } from "../requests/store-clock.js";
import type { StoreCapabilities } from "../store/object-store.js";
import { ObjectStoreError } from "../store/object-store-error.js";
import { type LeaseState, NO_HOLDERS, parseLeaseJson, writeLeaseJson } from "./lease-state.js";

export interface LeasePlace extends Pick<Schedule, "bucket" | "clock" | "random" | "store"> {
  readonly leaseKey: string;
  /** Called when the object is not a lease and will be replaced. */
  readonly onUnreadable?: (() => void) | undefined;
}

/** Whether sweepers of this store can share the work by a lease. */
export function canLease({ putIfAbsent, putIfVersion, clock }: StoreCapabilities): boolean {
  return putIfAbsent && putIfVersion && clock !== "none";
}

/** Returns the key of the lease of `pending/` or, with a suffix such as `.07`, of a shard. */
export function leaseKeyOf(root: string, suffix = ""): string {
  return `${root}/lease/sweep${suffix}.json`;
}

export interface LeaseReading extends SharedReading<LeaseState> {
  readonly state: LeaseState;
  readonly storeMs: number;
}

export type LeaseChange<T> = SharedChange<LeaseState, T>;

/** Many sweepers may start at the same second. */
const MOST_TRIES = 20;

export function changeLease<T>(
  place: LeasePlace,
  decide: (reading: LeaseReading) => LeaseChange<T>,
  signal: AbortSignal,
): Promise<T> {
  return changeShared(leaseObject(place), (reading) => decide(toLease(place, reading)), signal);
}

/** Reads the lease; a missing one has no holders. */
export async function readLease(place: LeasePlace, signal: AbortSignal): Promise<LeaseReading> {
  return toLease(place, await readShared(leaseObject(place), signal));
}

function leaseObject(place: LeasePlace): SharedObject<LeaseState> {
  return {
    ...place,
    ref: { bucket: place.bucket, key: place.leaseKey },
    missing: NO_HOLDERS,
    parse: parseLeaseJson,
    format: writeLeaseJson,
    mostTries: MOST_TRIES,
  };
}

/** Nothing is known of what the holders of an unreadable lease copied. */
function toLease(place: LeasePlace, reading: SharedReading<LeaseState>): LeaseReading {
  const { state, storeMs } = reading;
  if (storeMs === undefined) throw noTime(place);
  if (state === undefined) place.onUnreadable?.();
  return { ...reading, storeMs, state: state ?? { ...NO_HOLDERS, uncleanMs: storeMs } };
}

function noTime({ bucket, leaseKey: key }: LeasePlace): ObjectStoreError {
  const message = noStoreTime(", so the lease can't be used");
  return new ObjectStoreError({ bucket, key, code: "unexpected", operation: "get", message });
}
