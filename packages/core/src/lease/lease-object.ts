import type { Schedule } from "../options/schedule.js";
import {
  changeShared,
  readShared,
  type SharedObject,
  type SharedReading,
} from "../requests/shared-object.js";
import type { StoreCapabilities } from "../store/object-store.js";
import { ObjectStoreError } from "../store/object-store-error.js";
import { parseLeaseJson, writeLeaseJson } from "./lease-json.js";
import { type LeaseState, NO_HOLDERS } from "./lease-state.js";

/** Where the lease is stored and how it is reached. */
export interface LeasePlace extends Pick<Schedule, "bucket" | "clock" | "random" | "store"> {
  readonly leaseKey: string;
  /** Called when the object is no lease and will be replaced. */
  readonly onUnreadable?: (() => void) | undefined;
}

/** Whether sweepers of this store can share the work by a lease. */
export function canLease({ putIfAbsent, putIfVersion, clock }: StoreCapabilities): boolean {
  return putIfAbsent && putIfVersion && clock !== "none";
}

/** The object by which sweepers share the work in `pending/` or, named by two hex digits, in a shard. */
export function leaseKeyOf(root: string, shard?: string): string {
  return shard === undefined ? `${root}/lease/sweep.json` : `${root}/lease/sweep.${shard}.json`;
}

/** What one read of the lease says. */
export interface LeaseReading extends SharedReading<LeaseState> {
  readonly state: LeaseState;
  readonly storeMs: number;
}

/** What to do with a lease that has been read. */
export interface LeaseChange<T> {
  readonly result: T;
  /** `undefined`: the lease stays as it is. */
  readonly write?:
    | {
        readonly state: LeaseState;
        /** Whether a state that is read later shows that this very write was carried out. */
        readonly isIn: (later: LeaseState) => boolean;
      }
    | undefined;
}

/** Many sweepers may start at the same second. */
const MOST_TRIES = 20;

/** Changes the lease as `decide` says, against other writers (`changeShared`). */
export function changeLease<T>(
  place: LeasePlace,
  decide: (reading: LeaseReading) => LeaseChange<T>,
  signal: AbortSignal,
): Promise<T> {
  return changeShared(
    leaseObject(place),
    (reading) => {
      const { result, write } = decide(toLease(place, reading));
      return { result, write: write?.state, isIn: write?.isIn };
    },
    signal,
  );
}

/** Reads the lease; a missing one has no holders. */
export async function readLease(place: LeasePlace, signal: AbortSignal): Promise<LeaseReading> {
  return toLease(place, await readShared(leaseObject(place), signal));
}

function leaseObject({
  bucket,
  leaseKey,
  store,
  clock,
  random,
}: LeasePlace): SharedObject<LeaseState> {
  return {
    store,
    clock,
    random,
    ref: { bucket, key: leaseKey },
    missing: NO_HOLDERS,
    parse: parseLeaseJson,
    format: writeLeaseJson,
    mostTries: MOST_TRIES,
  };
}

function toLease(place: LeasePlace, reading: SharedReading<LeaseState>): LeaseReading {
  const { storeMs } = reading;
  if (storeMs === undefined) throw noTime(place);
  if (reading.state === undefined) place.onUnreadable?.();
  return { ...reading, storeMs, state: reading.state ?? unreadable(storeMs) };
}

/** Nothing is known of what the holders of an unreadable lease copied. */
function unreadable(storeMs: number): LeaseState {
  return { ...NO_HOLDERS, uncleanMs: storeMs };
}

function noTime({ bucket, leaseKey: key }: LeasePlace): ObjectStoreError {
  const message = "the store's answer carries no time, so no lease can be counted";
  return new ObjectStoreError({ bucket, key, code: "unexpected", operation: "get", message });
}
