import type { Clock } from "../clock.js";
import { randomDeliveryId } from "../codec/delivery-id.js";
import type { ResolvedHome } from "../options/home.js";
import { readSmallText } from "../requests/read-small-text.js";
import { type RefusedWrite, reasonToStop } from "../requests/refused-writes.js";
import { retry, retryPauseMs } from "../requests/retry.js";
import type { ObjectRef, ObjectStore, PutCondition } from "../store/object-store.js";
import { ObjectStoreError, storeErrorOf } from "../store/object-store-error.js";
import { parseLeaseJson, writeLeaseJson } from "./lease-json.js";
import { type LeaseState, NO_HOLDERS } from "./lease-state.js";
import { type Stopwatch, startStopwatch } from "./stopwatch.js";

/** Where the lease lives and how it is reached. */
export interface LeasePlace
  extends Pick<ResolvedHome, "bucket" | "leaseKey" | "clock" | "random" | "store"> {
  /** Is told when the object is no lease and will be written anew. */
  readonly onUnreadable?: (() => void) | undefined;
}

/** What one read of the lease says. */
export interface LeaseReading {
  readonly state: LeaseState;
  /** The store's time of the answer. */
  readonly storeMs: number;
  /** Since just before the read was sent. */
  readonly elapsedMs: Stopwatch;
  /** Under which a put replaces exactly what was read. */
  readonly condition: PutCondition;
}

/** What to do with a lease that has been read. */
export type LeaseChange<T> = {
  readonly result: T;
  /** Left out: the lease stays as it is. */
  readonly write?:
    | {
        readonly state: LeaseState;
        /** Tells by a state that is read later whether this very write was carried out. */
        readonly isIn: (later: LeaseState) => boolean;
      }
    | undefined;
};

/** Against other writers; each loser tries again after a pause. */
const ATTEMPTS = 20;

/**
 * Reads the lease, lets `decide` say what it becomes, and writes that if nobody wrote in between; otherwise repeats all
 * of it. A write whose answer is missing is looked for in each later reading. Throws what the store throws: at once if
 * it can't write the lease at all, after a few tries if it may be able to later.
 */
export async function changeLease<T>(
  place: LeasePlace,
  decide: (reading: LeaseReading) => LeaseChange<T>,
  signal: AbortSignal,
): Promise<T> {
  const unanswered: LeaseChange<T>[] = [];
  const refused: RefusedWrite[] = [];
  for (let attempt = 1; ; attempt++) {
    const reading = await readLease(place, signal);
    const carriedOut = unanswered.find(({ write }) => write?.isIn(reading.state));
    if (carriedOut !== undefined) return carriedOut.result;
    const change = decide(reading);
    if (change.write === undefined) return change.result;
    const answer = await writeLease(place, change.write.state, reading.condition, signal);
    if (answer === "written") return change.result;
    if (answer?.undecided) unanswered.push(change); // any of them may be carried out by now
    refused.push({ condition: reading.condition, error: answer });
    const reason = reasonToStop(leaseRef(place), refused, ATTEMPTS);
    if (reason !== undefined) throw reason;
    await place.clock.sleep(retryPauseMs(attempt, place.random), { signal });
    if (signal.aborted && answer !== undefined) throw answer; // it says more than "aborted"
  }
}

/** Reads the lease; a missing one has no holders. */
export async function readLease(place: LeasePlace, signal: AbortSignal): Promise<LeaseReading> {
  const { store, clock, random } = place;
  const ref = leaseRef(place);
  return retry({ clock, random, signal }, async () => {
    const elapsedMs = startStopwatch(clock);
    const time = timeOf(store, clock);
    const opened = await store.get(ref, { signal, onDate: time.onDate });
    const storeMs = time.storeMs(ref);
    if (opened === undefined) {
      return { state: NO_HOLDERS, storeMs, elapsedMs, condition: { if: "absent" } };
    }
    const state = parseLeaseJson(await readSmallText(clock, ref, opened, signal));
    if (state === undefined) place.onUnreadable?.();
    const condition = { if: "version", version: opened.version } as const;
    return { state: state ?? unreadable(storeMs), storeMs, elapsedMs, condition };
  });
}

/** Of a lease that can't be read nobody knows what its holders copied. */
function unreadable(storeMs: number): LeaseState {
  return { ...NO_HOLDERS, uncleanMs: storeMs };
}

/** What keeps a write from being certain: the store's error, or `undefined` if another one came first. */
async function writeLease(
  { store, random, ...place }: LeasePlace,
  state: LeaseState,
  condition: PutCondition,
  signal: AbortSignal,
): Promise<"written" | ObjectStoreError | undefined> {
  const body = new TextEncoder().encode(writeLeaseJson(state, randomDeliveryId(random)));
  try {
    const { outcome } = await store.put(leaseRef(place), body, {
      condition,
      contentType: "application/json",
      signal,
    });
    return outcome === "written" ? "written" : undefined;
  } catch (caught) {
    const error = storeErrorOf(caught);
    if (error.code === "aborted") throw error;
    if (error.undecided || error.retryable) return error;
    throw error;
  }
}

function leaseRef({ bucket, leaseKey }: Pick<LeasePlace, "bucket" | "leaseKey">): ObjectRef {
  return { bucket, key: leaseKey };
}

/** The time of an answer: the store's own, or this machine's before it asked where one clock serves. */
function timeOf(store: ObjectStore, clock: Clock) {
  let storeMs = store.capabilities.clock === "shared" ? clock.now() : undefined;
  return {
    onDate(date: Date) {
      if (store.capabilities.clock === "store") storeMs = date.getTime();
    },
    storeMs(ref: ObjectRef): number {
      if (storeMs !== undefined) return storeMs;
      const message = "the store's answer carries no time, so no lease can be counted";
      throw new ObjectStoreError({ ...ref, code: "unexpected", operation: "get", message });
    },
  };
}
