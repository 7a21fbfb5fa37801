import { randomDeliveryId } from "../key/delivery-id.js";
import type { EventId } from "../key/key-codec.js";
import { startStopwatch } from "../machine.js";
import { retryPauseMs } from "../requests/retry.js";
import { changeShared, type SharedReading } from "../requests/shared-object.js";
import { ObjectStoreError } from "../store/object-store-error.js";
import { type Grant, HeldName, type KnownName, type NameCall } from "./held-name.js";
import { isMissing, type KnownEvent, lookAt, searchEvents } from "./known-events.js";
import {
  idsOf,
  isLocked,
  MOST_DOUBTFUL,
  type NameState,
  withDoubtful,
  withoutExpiredLock,
} from "./name-state.js";
import { nameObject, nameRef, stateOf, storeTimeOf } from "./named-object.js";

export interface TakeRequest<Plan> {
  /** How long the lock is held at most. */
  readonly lockMs: number;
  /** Decides what to do under the lock, before it is taken. `undefined`: nothing, so the lock is not taken. */
  readonly plan: (known: KnownName) => Promise<Plan | undefined>;
  /** The event that the plan stores. */
  readonly newIdOf: (plan: Plan) => EventId | undefined;
  /** Events that a search found, in addition to those that the object names. */
  readonly found?: readonly EventId[] | undefined;
}

export type Taken<Plan> =
  | { readonly outcome: "taken"; readonly held: HeldName; readonly plan: Plan }
  | { readonly outcome: "idle"; readonly known: KnownName };

type Tried<Plan> = Taken<Plan> | NotTaken;

type NotTaken =
  | { readonly outcome: "locked" | "slow-answer" }
  | { readonly outcome: "missing"; readonly event: KnownEvent };

/** What a call has found out before it takes the lock. */
interface Findings {
  /** Where the events are that are gone before they are due. */
  readonly moved: Map<EventId, readonly EventId[]>;
  /** The store was read again because an answer was slow. */
  isReadAgain: boolean;
}

/** Then the name is too busy, or a caller with a large body has died. */
const LONGEST_WAIT_MS = 60_000;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Takes the lock of a name, and waits for other callers at most a minute (`conflict`). Looks first at the events that the object
 * names. If the current one is gone before it is due, searches for it by its delivery id: it may have been moved.
 */
export async function takeName<Plan>(
  call: NameCall,
  request: TakeRequest<Plan>,
): Promise<Taken<Plan>> {
  const { clock, random, signal } = call;
  const waitedMs = startStopwatch(clock);
  const findings: Findings = { moved: new Map(), isReadAgain: false };
  for (let attempt = 1; ; attempt++) {
    const tried = await tryToTake(call, request, findings);
    if (tried.outcome === "taken" || tried.outcome === "idle") return tried;
    await findOut(call, tried, findings);
    if (tried.outcome !== "locked") continue;
    if (waitedMs() > LONGEST_WAIT_MS) throw tooBusy(call);
    await clock.sleep(Math.min(LONGEST_PAUSE_MS, retryPauseMs(attempt, random)), { signal });
  }
}

/** The same, if no other caller holds the lock and every event is where the object says. */
export async function takeNameIfFree<Plan>(
  call: NameCall,
  request: TakeRequest<Plan>,
): Promise<Taken<Plan> | undefined> {
  const tried = await tryToTake(call, request, { moved: new Map(), isReadAgain: true });
  return tried.outcome === "taken" || tried.outcome === "idle" ? tried : undefined;
}

async function findOut(call: NameCall, tried: NotTaken, findings: Findings): Promise<void> {
  if (tried.outcome === "slow-answer") findings.isReadAgain = true;
  if (tried.outcome !== "missing") return;
  const { id, deliveryId } = tried.event.event;
  const found = await searchEvents(call, { deliveryId });
  findings.moved.set(
    id,
    found.map((event) => event.id),
  );
}

interface Granted<Plan> {
  readonly outcome: "granted";
  readonly grant: Grant;
  readonly plan: Plan;
}

async function tryToTake<Plan>(
  call: NameCall,
  request: TakeRequest<Plan>,
  findings: Findings,
): Promise<Tried<Plan>> {
  const taking = await changeShared<
    NameState,
    Granted<Plan> | Exclude<Tried<Plan>, { outcome: "taken" }>
  >(
    nameObject(call, call.name),
    async (reading) => {
      if (call.clockCheck.isSlowReading && !findings.isReadAgain) {
        return { result: { outcome: "slow-answer" } };
      }
      call.clockCheck.throwIfSkewed();
      const known = await look(call, reading, request.found ?? [], findings);
      if ("outcome" in known) return { result: known };
      const plan = await request.plan(known);
      if (plan === undefined) return { result: { outcome: "idle", known } };
      const token = randomDeliveryId(call.random);
      const { lockMs } = request;
      const lock = { token, expiresMs: known.storeMs + lockMs, newId: request.newIdOf(plan) };
      const locked = { ...known.state, lock };
      const grant: Grant = { known, token, lockMs, elapsedMs: reading.elapsedMs };
      return {
        result: { outcome: "granted", grant, plan },
        write: locked,
        isIn: (later) => later.lock?.token === token,
        onWritten: (version) => {
          grant.written = { ...reading, state: locked, condition: { if: "version", version } };
        },
      };
    },
    call.signal,
  );
  if (taking.outcome !== "granted") return taking;
  return { outcome: "taken", held: new HeldName(call, taking.grant), plan: taking.plan };
}

/** Reads what the object says, and looks at each event that it names. */
async function look(
  call: NameCall,
  reading: SharedReading<NameState>,
  found: readonly EventId[],
  { moved }: Findings,
): Promise<KnownName | NotTaken> {
  const stored = stateOf(reading, call.name);
  const storeMs = storeTimeOf(reading);
  if (isLocked(stored, storeMs)) return { outcome: "locked" };
  const free = withoutExpiredLock(stored, storeMs);
  const movedTo = free.current && moved.get(free.current);
  const [current, ...copies] = movedTo === undefined ? [free.current] : movedTo;
  const known = idsOf(free);
  const others = [...copies, ...found].filter(
    (id): id is EventId => id !== undefined && !known.includes(id),
  );
  const state = withDoubtful({ ...free, current }, others, storeMs);
  if (state.doubtful.length > MOST_DOUBTFUL) throw tooManyDoubtful(call);
  const events = await Promise.all(idsOf(state).map((id) => lookAt(call, id)));
  const event = events.find((one) => one.event.id === current);
  const isUnknown = event !== undefined && isMissing(event) && movedTo === undefined;
  return isUnknown ? { outcome: "missing", event } : { state, storeMs, events };
}

function tooBusy({ bucket, root, name }: NameCall): ObjectStoreError {
  const message = `other callers held the lock of the name ${JSON.stringify(name)} for a minute: try again later`;
  const ref = nameRef({ bucket, root }, name);
  return new ObjectStoreError({
    ...ref,
    code: "conflict",
    undecided: false,
    operation: "put",
    message,
  });
}

function tooManyDoubtful({ bucket, root, name }: NameCall): ObjectStoreError {
  const message = `more than ${MOST_DOUBTFUL} earlier events of the name ${JSON.stringify(name)} could not be deleted: allow this caller to delete under pending/, and try again in a minute`;
  const ref = nameRef({ bucket, root }, name);
  return new ObjectStoreError({ ...ref, code: "denied", operation: "delete", message });
}
