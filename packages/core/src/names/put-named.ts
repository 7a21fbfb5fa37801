import { hasCode } from "../errors.js";
import type { EventId } from "../key/key-codec.js";
import { retryWrite, type WriteResult } from "../requests/retry.js";
import type { EventIdentity } from "../scheduler/plan-key.js";
import { ScheduleError } from "../scheduler/schedule-error.js";
import { isStoreError, type ObjectStoreError, storeErrorOf } from "../store/object-store-error.js";
import type { HeldName, NameCall } from "./held-name.js";
import { takeName } from "./name-lock.js";
import { NO_EVENT, withDoubtful } from "./name-state.js";
import {
  checkGiven,
  lockMsFor,
  type NewNamedEvent,
  type PlannedPut,
  planPut,
} from "./new-named-event.js";
import { type Removed, removeKnown } from "./remove-known.js";

/**
 * An event that is certainly stored; otherwise the call throws.
 *
 * - `scheduled`: no open event waited under the name.
 * - `replaced`: the one that waited, `replaced`, will not be delivered.
 *
 * `underWay`: an earlier event of the name that had closed. It may be delivered as well, before the new one.
 */
export interface PutNamedResult extends EventIdentity {
  readonly outcome: "scheduled" | "replaced";
  readonly replaced?: EventId | undefined;
  readonly underWay?: EventId | undefined;
}

/** Stores the new event first and then deletes the earlier ones, so that nothing is lost if the call breaks off. */
export async function putNamed(
  call: NameCall,
  event: NewNamedEvent,
  found: readonly EventId[],
): Promise<PutNamedResult> {
  const given = checkGiven(call, event);
  const lockMs = lockMsFor(given.body);
  const taken = await takeName<PlannedPut>(call, {
    lockMs,
    plan: (known) => planPut(call, given, known, lockMs),
    newIdOf: ({ identity }) => identity.id,
    found,
  });
  const { held, plan } = taken as Extract<typeof taken, { outcome: "taken" }>; // a put never needs nothing
  const { identity, sinceMs } = plan;
  const doubted = await store(held, plan, given.body);
  const removed = await removeKnown(held);
  const isLate = held.isOver;
  const next = { ...NO_EVENT, current: identity.id, sinceMs, doubtful: removed.doubtful };
  await held.release(withDoubtful(next, doubted, held.storeNowMs()));
  if (isLate || removed.undecided.length > 0) throw notAlone(call, identity, removed);
  return resultOf(identity, removed);
}

/**
 * Puts the new event, and throws unless it is certainly stored. Returns its id if a try of the put had no answer: it may be carried
 * out late, and store the event again after it was deleted.
 */
async function store(
  held: HeldName,
  plan: PlannedPut,
  body: Uint8Array,
): Promise<readonly EventId[]> {
  const { state } = held.known;
  const { id } = plan.identity;
  const { written, isDoubtful } = await put(held, plan, body).catch(async (error: unknown) => {
    await held.release(state); // nothing is stored
    throw error;
  });
  if (written.outcome === "answered") return isDoubtful ? [id] : [];
  await held.release(withDoubtful(state, [id], held.storeNowMs()));
  throw unanswered(held.context, plan.identity, written.error);
}

/** After an abort, also at the end of the lock, it is unknown whether a try was carried out. */
async function put(
  { context }: HeldName,
  { key, put: options }: Pick<PlannedPut, "key" | "put">,
  body: Uint8Array,
): Promise<{ readonly written: WriteResult<unknown>; readonly isDoubtful: boolean }> {
  const ref = { bucket: context.bucket, key };
  let isDoubtful = false;
  const send = () =>
    context.store.put(ref, body, options).catch((error: unknown) => {
      isDoubtful ||= isStoreError(error) && error.undecided;
      throw error;
    });
  try {
    const written = await retryWrite(context, send);
    return { written, isDoubtful };
  } catch (caught) {
    if (!hasCode(caught, "aborted")) throw caught;
    return { written: { outcome: "undecided", error: storeErrorOf(caught) }, isDoubtful };
  }
}

function resultOf(identity: EventIdentity, { gone, underWay }: Removed): PutNamedResult {
  const [replaced] = gone;
  const [late] = underWay;
  const others = late && { underWay: late.event.id };
  if (replaced === undefined) return { ...identity, outcome: "scheduled", ...others };
  return { ...identity, outcome: "replaced", replaced: replaced.event.id, ...others };
}

function unanswered(
  { name }: NameCall,
  event: EventIdentity,
  cause: ObjectStoreError,
): ScheduleError {
  const message = `The event may or may not be stored under the name ${JSON.stringify(name)}: the store's answer is missing (${cause.message}). ${REPEAT}`;
  return new ScheduleError("undecided", event, message, { cause });
}

function notAlone(
  { name }: NameCall,
  event: EventIdentity,
  { undecided, error }: Removed,
): ScheduleError {
  const [other] = undecided;
  const harm =
    other === undefined
      ? "another caller may have replaced it already, because this call took too long"
      : `the earlier event ${other.event.id} may be delivered as well, because no answer says that it is deleted${error ? ` (${error.message})` : ""}`;
  const message = `The event is stored under the name ${JSON.stringify(name)}, but ${harm}. ${REPEAT}`;
  return new ScheduleError("undecided", event, message, { cause: error });
}

const REPEAT = "Put it again: a put replaces every event of the name that is still open.";
