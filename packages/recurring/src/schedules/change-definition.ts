import { KeywhenError } from "@keywhen/core";
import { changeShared, type SharedReading } from "@keywhen/core/internal";
import type { ObjectRef } from "@keywhen/core/store";
import { type Change, type DecisionTime, isClosed } from "../definition/changes.js";
import type { Definition, NextOccurrence } from "../definition/definition.js";
import type { WrittenDefinition } from "../definition/definition-json.js";
import { putGuard } from "../wake-up/arm.js";
import { armValid } from "../wake-up/arm-valid.js";
import { idOfWakeUp, randomToken } from "../wake-up/wake-up-id.js";
import { definitionObject, type Place, type StoredDefinition, wakeUpRef } from "./place.js";

/** What became of a definition. */
export interface ChangeResult {
  readonly change: Change;
  /** The definition that was replaced, if there was one. */
  readonly replaced: Definition | undefined;
  /** The occurrence that may be under way with the replaced definition: the call came too late for it. */
  readonly underWay: NextOccurrence | undefined;
}

type Decide = (stored: Definition | undefined, time: DecisionTime) => Change | Promise<Change>;

/** A tried write, or the finding that there is nothing to write, and what the definition was before. */
interface Tried {
  readonly change: Change;
  readonly replaced: Definition | undefined;
  /** Of the definition that the change leads to. */
  readonly writeId: string;
  readonly time: () => DecisionTime;
}

/**
 * Changes a definition against other writers, in the one order that never leaves an active schedule without a wake-up: a guard,
 * the definition under its condition, the new wake-up; and only then is the old wake-up deleted.
 */
export async function changeDefinition(
  place: Place,
  name: string,
  decide: Decide,
): Promise<ChangeResult> {
  const guards: ObjectRef[] = [];
  const tries: Tried[] = []; // each may have been carried out
  const decideAndGuard = async (stored: Definition | undefined, time: () => DecisionTime) => {
    const at = time();
    const change = await decide(stored, at);
    const guarded = guardedBy(change, stored);
    if (guarded !== undefined) guards.push(await putGuard(place, name, guarded, at.nowMs));
    return change;
  };
  const written = await untilInTime(() =>
    changeShared<StoredDefinition, Tried | "too-slow">(
      definitionObject(place, name),
      async (reading) => {
        const stored = storedDefinition(reading, name);
        const carriedOut = stored && tries.find(({ writeId }) => writeId === stored.writeId);
        if (carriedOut !== undefined) return { result: carriedOut };
        const time = () => decisionTime(place, reading);
        const change = await decideInTime(stored, time, () => decideAndGuard(stored, time));
        if (reading.elapsedMs() > LONGEST_DECISION_MS) return { result: "too-slow" };
        const isWrite = change.outcome === "changed";
        const writeId = isWrite ? randomToken(place.random) : (stored?.writeId ?? "");
        const tried = { change, replaced: stored, writeId, time };
        if (!isWrite) return { result: tried };
        tries.push(tried);
        return { result: tried, write: { ...change.definition, writeId } };
      },
      place.signal,
    ),
  );
  const { change, replaced } = written;
  const met = tries.flatMap(({ replaced }) => replaced?.next ?? []);
  const underWay = met.findLast((next) => isClosed(next, written.time()));
  await afterWrite(place, name, written, guards);
  return { change, replaced, underWay };
}

/** Longer than a decision takes, unless the machine slept or its clock was set: then the time is unknown, and a guard is old. */
const LONGEST_DECISION_MS = 60_000;

/** Begins again with a new reading as long as a decision took too long. */
async function untilInTime<T>(change: () => Promise<T | "too-slow">): Promise<T> {
  for (;;) {
    const result = await change();
    if (result !== "too-slow") return result;
  }
}

/** Decides again if the occurrence whose turn it is has closed while the call was deciding. */
async function decideInTime(
  stored: Definition | undefined,
  time: () => DecisionTime,
  decide: () => Promise<Change>,
): Promise<Change> {
  const before = time();
  const change = await decide();
  const { next } = stored ?? {};
  const hasClosed = next !== undefined && !isClosed(next, before) && isClosed(next, time());
  return hasClosed ? decide() : change;
}

/** The target of the wake-up that a change arms; `undefined` if it arms none. */
function guardedBy(change: Change, stored: Definition | undefined): ObjectRef | undefined {
  if (change.outcome !== "changed" || change.definition.next === undefined) return undefined;
  const isArmed = change.definition.next.token === stored?.next?.token;
  return isArmed ? undefined : change.definition.content.to;
}

/** Arms the valid wake-up, also of an unchanged definition: an earlier call may have broken off. Then removes what is void. */
async function afterWrite(
  place: Place,
  name: string,
  { change, replaced, writeId }: Tried,
  guards: readonly ObjectRef[],
): Promise<void> {
  if (!("definition" in change)) return;
  const { definition } = change;
  await armValid(place, name, { ...definition, writeId });
  const { next } = replaced ?? {};
  const isVoid = next !== undefined && next.token !== definition.next?.token;
  const old = isVoid
    ? [wakeUpRef(place, idOfWakeUp(name, replaced?.content.to ?? definition.content.to, next))]
    : [];
  const keys = [...guards, ...old].map(({ key }) => key);
  if (keys.length === 0) return;
  try {
    await place.store.delete(place.bucket, keys, { signal: place.signal });
  } catch {
    // What is void is removed when it is due.
  }
}

/** Throws for an object that is not a definition of this version: it must not be replaced. */
export function storedDefinition(
  { state }: Pick<SharedReading<StoredDefinition>, "state">,
  name: string,
): WrittenDefinition | undefined {
  if (state !== undefined) return state === "missing" ? undefined : state;
  throw new KeywhenError(
    "not-supported",
    `The definition of the schedule ${JSON.stringify(name)} can't be read by this version of keywhen. Update keywhen, or delete the object and put the schedule again.`,
  );
}

/** HTTP dates are cut to whole seconds. */
const DATE_STEP_MS = 1_000;

/**
 * The latest that the store's clock can show now, by the answer to a read. A writer's own clock is not asked, so that a wrong
 * one changes nothing.
 */
function decisionTime(
  { guardMs, store }: Place,
  { storeMs, elapsedMs }: Pick<SharedReading<unknown>, "storeMs" | "elapsedMs">,
): DecisionTime {
  if (storeMs === undefined) {
    throw new KeywhenError(
      "clock-skew",
      "The store's answer has no Date header, so it is unknown which occurrence is next; nothing was changed. If there is a proxy, let it pass Date.",
    );
  }
  const stepMs = store.capabilities.clock === "store" ? DATE_STEP_MS : 0;
  return { nowMs: Math.ceil(storeMs + stepMs + elapsedMs()), guardMs };
}
