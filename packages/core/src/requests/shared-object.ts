import { randomDeliveryId } from "../key/delivery-id.js";
import { type Clock, type RandomSource, type Stopwatch, startStopwatch } from "../machine.js";
import type { ObjectRef, ObjectStore, PutCondition } from "../store/object-store.js";
import { ObjectStoreError, storeErrorOf } from "../store/object-store-error.js";
import { readText } from "./read-text.js";
import { retry, retryPauseMs } from "./retry.js";

/** A small JSON object that several writers change: the lease, the shard map. */
export interface SharedObject<State> {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly ref: ObjectRef;
  /** The state while there is no object. */
  readonly missing: State;
  /** Reads the object's text; `undefined` if it is not of this kind. */
  readonly parse: (text: string) => State | undefined;
  /** Writes the object's text. `nonce` makes each text different: on S3 the version of an object is a hash of its content. */
  readonly format: (state: State, nonce: string) => string;
  /** Against other writers; each loser tries again after a pause. */
  readonly mostTries: number;
}

export interface SharedReading<State> {
  /** `undefined`: the object is not of this kind. */
  readonly state: State | undefined;
  /** The store's time of the answer, or this machine's before the request where both use one clock; `undefined` if unknown. */
  readonly storeMs: number | undefined;
  /** Since just before the read was sent. */
  readonly elapsedMs: Stopwatch;
  /** A put under this condition replaces exactly this state. */
  readonly condition: PutCondition;
}

export interface SharedChange<State, Result> {
  readonly result: Result;
  /** `undefined`: nothing is written. */
  readonly write?: State | undefined;
  /** Whether a state that is read later shows that this write was carried out, if its answer is missing. */
  readonly isIn?: ((later: State) => boolean) | undefined;
  /** Called with the version of the object when the store has confirmed the write. */
  readonly onWritten?: ((version: string) => void) | undefined;
}

interface FailedWrite {
  readonly condition: PutCondition;
  /** `undefined`: the store answered that another write came first. */
  readonly error: ObjectStoreError | undefined;
}

/** As often as any other request is sent: a full disk does not become empty. */
const MOST_FAILURES = 5;
/** If the store refuses the version that it reports, no other writer is the cause. */
const MOST_SAME_VERSION = 5;
/** Far more than a lease or a shard map needs. */
const LARGEST_BYTES = 65_536;

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
    const text = await readText(clock, ref, opened, { mostBytes: LARGEST_BYTES, signal });
    const state = object.parse(text ?? "");
    return { state, storeMs, elapsedMs, condition: { if: "version", version: opened.version } };
  });
}

/**
 * Reads the object, calls `decide` for what it becomes, and writes that if no other writer came in between; otherwise repeats
 * all of it. If the answer to a write is missing, each later reading shows whether it was carried out (`isIn`). Without `isIn`
 * the change is decided again, so `decide` must find it done. Throws what the store throws: immediately if it can't write the
 * object at all, after a few tries if it may be able to later. `known`: a reading to begin with, which saves a GET.
 */
export async function changeShared<State, Result>(
  object: SharedObject<State>,
  decide: (
    reading: SharedReading<State>,
  ) => SharedChange<State, Result> | Promise<SharedChange<State, Result>>,
  signal: AbortSignal | undefined,
  known?: SharedReading<State>,
): Promise<Result> {
  const { clock, random } = object;
  const unanswered: SharedChange<State, Result>[] = [];
  const failed: FailedWrite[] = [];
  let reading = known ?? (await readShared(object, signal));
  for (let attempt = 1; ; attempt++) {
    const { state, condition } = reading;
    const carriedOut = findCarriedOut(unanswered, state);
    if (carriedOut !== undefined) return carriedOut.result;
    const change = await decide(reading);
    if (change.write === undefined) return change.result;
    const answer = await write(object, change, change.write, condition, signal);
    if (answer === "written") return change.result;
    if (answer?.undecided) unanswered.push(change); // any of them may be carried out by now
    failed.push({ condition, error: answer });
    const reason = reasonToStop(object, failed);
    if (reason !== undefined) throw reason;
    await clock.sleep(retryPauseMs(attempt, random), { signal });
    if (signal?.aborted && answer !== undefined) throw answer; // it says more than "aborted"
    reading = await readShared(object, signal);
  }
}

/** The change without an answer that a later reading shows. */
function findCarriedOut<State, Result>(
  unanswered: readonly SharedChange<State, Result>[],
  state: State | undefined,
): SharedChange<State, Result> | undefined {
  return state === undefined ? undefined : unanswered.find(({ isIn }) => isIn?.(state));
}

/** Returns the error that leaves it open whether the object was written, or `undefined` if another write came first. */
async function write<State>(
  { store, random, ref, format }: SharedObject<State>,
  { onWritten }: Pick<SharedChange<State, unknown>, "onWritten">,
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
    const answer = await store.put(ref, body, options);
    if (answer.outcome !== "written") return undefined;
    onWritten?.(answer.version);
    return "written";
  } catch (caught) {
    const error = storeErrorOf(caught);
    if (error.code !== "aborted" && (error.undecided || error.retryable)) return error;
    throw error;
  }
}

/** `undefined`: try again. Only other writers and throttling are worth `mostTries`; other failures soon end it. */
function reasonToStop(
  { ref, mostTries }: Pick<SharedObject<unknown>, "ref" | "mostTries">,
  failed: readonly FailedWrite[],
): ObjectStoreError | undefined {
  const error = failed.at(-1)?.error;
  if (failed.filter(isFault).length >= MOST_FAILURES) return error;
  const put = { ...ref, operation: "put" } as const;
  const refused = refusedVersion(failed);
  if (refused !== undefined) {
    const message = `${refused} (${MOST_SAME_VERSION} tries): its conditional puts do not work. A proxy may have changed the ETags: connect to the store directly`;
    return new ObjectStoreError({ ...put, code: "not-supported", message });
  }
  if (failed.length < mostTries) return undefined;
  if (error !== undefined && error.code !== "conflict") return error;
  const message = `other writers changed it during each of ${mostTries} tries: try again later`;
  return new ObjectStoreError({ ...put, code: "conflict", message, cause: error });
}

function isFault({ error }: FailedWrite): boolean {
  return error !== undefined && error.code !== "conflict" && error.code !== "throttled";
}

/** Describes what the store refuses if it refused the same condition several times in a row, though each reading gave it. */
function refusedVersion(failed: readonly FailedWrite[]): string | undefined {
  const last = failed.slice(-MOST_SAME_VERSION);
  const conditions = new Set(last.map(({ condition }) => JSON.stringify(condition)));
  if (last.length < MOST_SAME_VERSION || conditions.size > 1) return undefined;
  if (last.some(({ error }) => error !== undefined)) return undefined;
  const condition = last[0]?.condition;
  return condition?.if === "version"
    ? `the store refuses version ${condition.version} as outdated, but still reports it`
    : "the store reports that the object exists, but does not find it";
}
