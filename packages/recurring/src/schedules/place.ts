import { KeywhenError, type ScheduleLocation } from "@keywhen/core";
import {
  type CallContext,
  canLease,
  checkOptionNames,
  codecV1,
  escapePart,
  guardedStore,
  LOCATION_OPTIONS,
  resolveSchedule,
  type SharedObject,
} from "@keywhen/core/internal";
import type { ObjectRef } from "@keywhen/core/store";
import {
  formatDefinition,
  parseDefinition,
  type WrittenDefinition,
} from "../definition/definition-json.js";

/** Where schedules and their wake-ups are stored, and what one call works with. */
export interface Place extends CallContext {
  readonly root: string;
}

/** The state of a definition's object: a definition, or none. */
export type StoredDefinition = WrittenDefinition | "missing";

const MOST_TRIES = 10;

/** Checks a location; throws `not-supported` for a store where schedules can't be changed safely. */
export function placeOf(options: ScheduleLocation, of: string): Omit<Place, "signal"> {
  checkOptionNames(options, LOCATION_OPTIONS, of);
  const schedule = resolveSchedule(options);
  if (schedule.codec !== codecV1) {
    throw new KeywhenError(
      "not-supported",
      `Recurring schedules need keywhen's own key format (got the codec "${schedule.codec.name}"): leave codec out.`,
    );
  }
  if (!canLease(schedule.store.capabilities)) {
    throw new KeywhenError(
      "not-supported",
      "Recurring schedules need conditional puts and a store that reports its time, and this store does not have both. Keep the schedules in another store.",
    );
  }
  return { ...schedule, store: guardedStore(schedule.store, schedule.clock) };
}

/** What the keys of all definitions begin with. */
export function definitionsPrefix({ root }: Pick<Place, "root">): string {
  return `${root}/schedules/`;
}

export function definitionRef(place: Pick<Place, "bucket" | "root">, name: string): ObjectRef {
  return { bucket: place.bucket, key: definitionsPrefix(place) + escapePart(name) };
}

/** Where a body is stored that is too large for a definition. */
export function bodyRef(
  { bucket, root }: Pick<Place, "bucket" | "root">,
  object: string,
): ObjectRef {
  return { bucket, key: `${root}/payloads/${object}` };
}

export function wakeUpRef({ bucket, root }: Pick<Place, "bucket" | "root">, id: string): ObjectRef {
  return { bucket, key: codecV1.pendingPrefix(root) + id };
}

/** The definition as an object that several writers change. */
export function definitionObject(place: Place, name: string): SharedObject<StoredDefinition> {
  return {
    ...place,
    ref: definitionRef(place, name),
    missing: "missing",
    parse: parseDefinition,
    format: (definition) => (definition === "missing" ? "" : formatDefinition(definition)),
    mostTries: MOST_TRIES,
  };
}
