import {
  changeShared,
  type DueWakeUp,
  readShared,
  type SharedReading,
  type WakeUpSweep,
  type WakeUps,
  type WakeUpTurn,
} from "@keywhen/core/internal";
import type { ListedObject } from "@keywhen/core/store";
import { advance } from "../definition/changes.js";
import { type Definition, type NextOccurrence, START } from "../definition/definition.js";
import type { WrittenDefinition } from "../definition/definition-json.js";
import {
  definitionObject,
  type Place,
  type StoredDefinition,
  wakeUpRef,
} from "../schedules/place.js";
import { armValid, readDefinition } from "./arm-valid.js";
import { idOfWakeUp, randomToken } from "./wake-up-id.js";

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
  const stored = readDefinition(place, name, reading);
  const next = stored?.state === "active" ? stored.next : undefined;
  if (stored === undefined || next === undefined || idOf(name, stored) !== wakeUp.id) {
    return {
      delivers: false,
      complete: (until) => armNext({ ...place, signal: until }, name, stored),
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
      return armNext(at, name, advanced);
    },
  };
}

/** Goes on to the next occurrence, unless another writer has by now. Returns the definition that is stored then. */
function advanceFrom(
  place: SweepPlace,
  name: string,
  { nominal, token }: NextOccurrence,
  isPassedOver: boolean,
  known: SharedReading<StoredDefinition>,
): Promise<WrittenDefinition | undefined> {
  const naming = { name, newToken: () => randomToken(place.random) };
  return changeShared<StoredDefinition, WrittenDefinition | undefined>(
    definitionObject(place, name),
    (reading) => {
      const stored = readDefinition(place, name, reading);
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

/** Arms the valid wake-up, and returns it as a listing would. */
async function armNext(
  place: SweepPlace,
  name: string,
  definition: WrittenDefinition | undefined,
): Promise<ListedObject | undefined> {
  const armed = await armValid(place, name, definition);
  const id = armed && idOf(name, armed);
  if (id === undefined) return undefined;
  const { key } = wakeUpRef(place, id);
  return { key, size: 0, lastModified: new Date(place.now()) };
}

function idOf(name: string, { content, next }: Definition): string | undefined {
  return next && idOfWakeUp(name, content.to, next);
}
