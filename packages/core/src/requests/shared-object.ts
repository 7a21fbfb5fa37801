import type { Clock } from "../clock.js";
import { randomDeliveryId } from "../codec/delivery-id.js";
import type { RandomSource } from "../random.js";
import type { ObjectRef, ObjectStore, PutCondition } from "../store/object-store.js";
import { type ObjectStoreError, storeErrorOf } from "../store/object-store-error.js";
import { type Stopwatch, startStopwatch } from "../time/stopwatch.js";
import { readSmallText } from "./read-small-text.js";
import { type RefusedWrite, reasonToStop } from "./refused-writes.js";
import { retry, retryPauseMs } from "./retry.js";

/** A small JSON object that several writers change: the lease, the shard map. */
export interface SharedObject<State> {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly ref: ObjectRef;
  /** What a missing object says. */
  readonly missing: State;
  /** Reads the object's text; `undefined` if it is none of its kind. */
  readonly parse: (text: string) => State | undefined;
  /** Writes the object's text. `nonce` makes each text another: on S3 the version of an object is a hash of its content. */
  readonly format: (state: State, nonce: string) => string;
  /** Against other writers; each loser tries again after a pause. */
  readonly mostTries: number;
}

/** What one read of the object says. */
export interface SharedReading<State> {
  /** `undefined`: the object is none of its kind. */
  readonly state: State | undefined;
  /** The store's time of the answer, or this machine's before the request where one clock serves; `undefined` if unknown. */
  readonly storeMs: number | undefined;
  /** Since just before the read was sent. */
  readonly elapsedMs: Stopwatch;
  /** Under which a put replaces exactly what was read. */
  readonly condition: PutCondition;
}

/** What becomes of an object that has been read. */
export interface SharedChange<State, Result> {
  readonly result: Result;
  /** `undefined`: the object stays as it is. */
  readonly write?: State | undefined;
  /** Whether a state that is read later shows that this very write was carried out, if its answer is missing. */
  readonly isIn?: ((later: State) => boolean) | undefined;
}

/** Reads the object: one GET, sent again as `retry` does. */
export function readShared<State>(
  object: SharedObject<State>,
  signal: AbortSignal | undefined,
): Promise<SharedReading<State>> {
  const { store, clock, random, ref } = object;
  const { clock: storeClock } = store.capabilities;
  return retry({ clock, random, signal }, async () => {
    const elapsedMs = startStopwatch(clock);
    let storeMs = storeClock === "shared" ? clock.now() : undefined;
    const onDate = (date: Date) => {
      storeMs = date.getTime();
    };
    const call = storeClock === "store" ? { signal, onDate } : { signal };
    const opened = await store.get(ref, call);
    if (opened === undefined) {
      return { state: object.missing, storeMs, elapsedMs, condition: { if: "absent" } };
    }
    const state = object.parse(await readSmallText(clock, ref, opened, signal));
    return { state, storeMs, elapsedMs, condition: { if: "version", version: opened.version } };
  });
}

/**
 * Reads the object, lets `decide` say what it becomes, and writes that if no other writer came in between; otherwise repeats
 * all of it. A write whose answer is missing is looked for in each later reading (`isIn`), or decided again, so `decide` must
 * find it done. Throws what the store throws: immediately if it can't write the object at all, after a few tries if it may
 * be able to later.
 */
export async function changeShared<State, Result>(
  object: SharedObject<State>,
  decide: (
    reading: SharedReading<State>,
  ) => SharedChange<State, Result> | Promise<SharedChange<State, Result>>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  const { clock, random, ref, mostTries } = object;
  const unanswered: SharedChange<State, Result>[] = [];
  const refused: RefusedWrite[] = [];
  for (let attempt = 1; ; attempt++) {
    const reading = await readShared(object, signal);
    const { state, condition } = reading;
    const carriedOut = unanswered.find(({ isIn }) => state !== undefined && isIn?.(state));
    if (carriedOut !== undefined) return carriedOut.result;
    const change = await decide(reading);
    if (change.write === undefined) return change.result;
    const answer = await write(object, change.write, condition, signal);
    if (answer === "written") return change.result;
    if (answer?.undecided) unanswered.push(change); // any of them may be carried out by now
    refused.push({ condition, error: answer });
    const reason = reasonToStop(ref, refused, mostTries);
    if (reason !== undefined) throw reason;
    await clock.sleep(retryPauseMs(attempt, random), { signal });
    if (signal?.aborted && answer !== undefined) throw answer; // it says more than "aborted"
  }
}

/** What keeps a write from being certain: the store's error, or `undefined` if another one came first. */
async function write<State>(
  { store, random, ref, format }: SharedObject<State>,
  state: State,
  condition: PutCondition,
  signal: AbortSignal | undefined,
): Promise<"written" | ObjectStoreError | undefined> {
  const { putIfAbsent, putIfVersion } = store.capabilities;
  const body = new TextEncoder().encode(format(state, randomDeliveryId(random)));
  const options = {
    condition: putIfAbsent && putIfVersion ? condition : undefined,
    contentType: "application/json",
    signal,
  };
  try {
    const { outcome } = await store.put(ref, body, options);
    return outcome === "written" ? "written" : undefined;
  } catch (caught) {
    const error = storeErrorOf(caught);
    if (error.code !== "aborted" && (error.undecided || error.retryable)) return error;
    throw error;
  }
}
