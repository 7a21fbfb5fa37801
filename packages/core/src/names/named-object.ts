import { KeywhenError } from "../errors.js";
import { showValue } from "../input/show-value.js";
import { escapePart } from "../key/codec-v1.js";
import type { Schedule } from "../options/schedule.js";
import type { SharedObject, SharedReading } from "../requests/shared-object.js";
import { noStoreTime } from "../requests/store-clock.js";
import type { ObjectRef } from "../store/object-store.js";
import { formatNameJson, type NameState, NO_EVENT, parseNameJson } from "./name-state.js";

/** Callers of one name come one after another; each loser of a race reads the object again. */
const MOST_TRIES = 20;

/** What the keys of all names begin with. */
export function namesPrefix({ root }: Pick<Schedule, "root">): string {
  return `${root}/names/`;
}

export function nameRef(schedule: Pick<Schedule, "bucket" | "root">, name: string): ObjectRef {
  return { bucket: schedule.bucket, key: namesPrefix(schedule) + escapePart(name) };
}

export function nameObject(schedule: Schedule, name: string): SharedObject<NameState> {
  return {
    ...schedule,
    ref: nameRef(schedule, name),
    missing: NO_EVENT,
    parse: parseNameJson,
    format: formatNameJson,
    mostTries: MOST_TRIES,
  };
}

/** Throws `invalid-id` for a name that can't be one. */
export function checkName(name: string): string {
  const isName =
    typeof name === "string" &&
    name !== "" &&
    name.isWellFormed() &&
    !name.startsWith("/") &&
    !name.endsWith("/");
  if (isName) return name;
  throw new KeywhenError(
    "invalid-id",
    `An event's name must be text without a slash at either end (got ${showValue(name)}).`,
  );
}

/** Throws `not-supported` for an object that is not one of this version: it must not be replaced. */
export function stateOf({ state }: SharedReading<NameState>, name: string): NameState {
  if (state !== undefined) return state;
  throw new KeywhenError(
    "not-supported",
    `The object of the name ${JSON.stringify(name)} can't be read by this version of keywhen. Update keywhen, or delete the object and put the event again.`,
  );
}

/** Throws `clock-skew` if the answer carried no time: it is unknown whether a lock has expired. */
export function storeTimeOf({ storeMs }: SharedReading<NameState>): number {
  if (storeMs !== undefined) return storeMs;
  throw new KeywhenError(
    "clock-skew",
    `It is unknown whether another caller is changing the name, and nothing was changed: ${noStoreTime()}`,
  );
}

/** Between the name and what makes the delivery id of each generation different. */
const SEPARATOR = ";";
const GENERATION = /^[0-9a-z]{12}$/;

/** The delivery id of a new generation of a name's event. */
export function deliveryIdOf(name: string, generation: string): string {
  return name + SEPARATOR + generation;
}

/** Whether an event with this delivery id was put under the name. */
export function isOfName(deliveryId: string | undefined, name: string): boolean {
  const prefix = name + SEPARATOR;
  return (
    deliveryId?.startsWith(prefix) === true && GENERATION.test(deliveryId.slice(prefix.length))
  );
}
