import {
  changeShared,
  type DueWakeUp,
  readShared,
  type SharedReading,
  type WakeUpSweep,
  type WakeUps,
  type WakeUpTurn,
} from "@keywhen/core/internal";
import { type ListedObject, ObjectStoreError } from "@keywhen/core/store";
import { advance } from "../definition/changes.js";
import { type Definition, type NextOccurrence, START } from "../definition/definition.js";
import {
  definitionObject,
  definitionRef,
  type Place,
  type StoredDefinition,
} from "../schedules/place.js";
import { arm } from "./arm.js";
import { idOfWakeUp, randomToken } from "./wake-up-id.js";

/** How often a schedule that other writers keep changing is armed in one turn. */
const MOST_ARMINGS = 5;

interface SweepPlace extends Place, Pick<WakeUpSweep, "now"> {}

/** Completes the wake-ups of recurring schedules: pass it to `createSweeper` as `wakeUps`. */
export function recurringWakeUps(): WakeUps {
  return { begin };
}

async function begin(
  wakeUp: DueWakeUp,
  { schedule, store, signal, now }: WakeUpSweep,
): Promise<WakeUpTurn> {
  const place: SweepPlace = { ...schedule, store, signal, now };
  const { name } = wakeUp;
  const reading = await readShared(definitionObject(place, name), signal);
  const stored = definitionOf(place, name, reading);
  const next = stored?.state === "active" ? stored.next : undefined;
  if (stored === undefined || next === undefined || idOf(name, stored) !== wakeUp.id) {
    return {
      delivers: false,
      complete: (until) => armValid({ ...place, signal: until }, name, stored),
    };
  }
  const { maxLateMs = Number.POSITIVE_INFINITY } = stored.content;
  const delivers = next.nominal !== START && now() - next.dueMs <= maxLateMs;
  const isPassedOver = !delivers && next.nominal !== START;
  return {
    delivers,
    async complete(until) {
      const at = { ...place, signal: until };
      const advanced = await advanceFrom(at, name, next, isPassedOver, reading);
      return armValid(at, name, advanced);
    },
  };
}

/** Goes on to the next occurrence, unless another writer has by now. Returns the definition as it is then. */
function advanceFrom(
  place: SweepPlace,
  name: string,
  { nominal, token }: NextOccurrence,
  isPassedOver: boolean,
  known: SharedReading<StoredDefinition>,
): Promise<Definition | undefined> {
  const naming = { name, newToken: () => randomToken(place.random) };
  return changeShared<StoredDefinition, Definition | undefined>(
    definitionObject(place, name),
    (reading) => {
      const stored = definitionOf(place, name, reading);
      if (stored?.next?.nominal !== nominal) return { result: stored };
      // Too late by the old content, but perhaps not by the new one: its own wake-up shows that.
      if (isPassedOver && stored.next.token !== token) return { result: stored };
      const change = advance(stored, naming, place.now(), isPassedOver);
      if (change.outcome !== "changed") return { result: stored };
      const write = { ...change.definition, writeId: randomToken(place.random) };
      return {
        result: write,
        write,
        isIn: (later) => later !== "missing" && later.writeId === write.writeId,
      };
    },
    place.signal,
    known,
  );
}

/** Makes sure that the valid wake-up is stored, also if other writers change the schedule in the meantime. */
async function armValid(
  place: SweepPlace,
  name: string,
  definition: Definition | undefined,
): Promise<ListedObject | undefined> {
  let current = definition;
  for (let armings = 0; armings < MOST_ARMINGS; armings++) {
    if (current?.state !== "active") return undefined;
    if ((await arm(place, name, current)) === "armed") return listed(place, name, current);
    const reading = await readShared(definitionObject(place, name), place.signal);
    current = definitionOf(place, name, reading);
  }
  throw new ObjectStoreError({
    ...definitionRef(place, name),
    code: "conflict",
    operation: "put",
    message: `other writers changed the schedule during each of ${MOST_ARMINGS} tries: the next sweep tries again`,
  });
}

function listed(place: SweepPlace, name: string, definition: Definition): ListedObject | undefined {
  const id = idOf(name, definition);
  if (id === undefined) return undefined;
  const key = `${place.codec.pendingPrefix(place.root)}${id}`;
  return { key, size: 0, lastModified: new Date(place.now()) };
}

function idOf(name: string, { content, next }: Definition): string | undefined {
  return next && idOfWakeUp(name, content.to, next);
}

/** Throws an error after which the wake-up stays: its occurrence is unknown. */
function definitionOf(
  place: Place,
  name: string,
  { state }: SharedReading<StoredDefinition>,
): Definition | undefined {
  if (state !== undefined) return state === "missing" ? undefined : state;
  throw new ObjectStoreError({
    ...definitionRef(place, name),
    code: "unexpected",
    undecided: false,
    operation: "get",
    message:
      "this sweeper can't read the schedule or use its rule: update the sweeper, or delete this object and put the schedule again",
  });
}
