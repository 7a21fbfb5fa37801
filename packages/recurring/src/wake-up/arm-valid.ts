import { readShared, type SharedReading } from "@keywhen/core/internal";
import { ObjectStoreError } from "@keywhen/core/store";
import type { WrittenDefinition } from "../definition/definition-json.js";
import { missingBody } from "../schedules/missing-body.js";
import {
  definitionObject,
  definitionRef,
  type Place,
  type StoredDefinition,
} from "../schedules/place.js";
import { arm } from "./arm.js";

/** How often a schedule that other writers keep changing is armed. */
const MOST_ARMINGS = 5;

/**
 * Makes sure that the valid wake-up of a schedule is stored, also if other writers change the schedule in the meantime. Returns the
 * definition whose wake-up that is; `undefined` for a schedule that is not active. Throws if that is not certain.
 */
export async function armValid(
  place: Place,
  name: string,
  definition: WrittenDefinition | undefined,
): Promise<WrittenDefinition | undefined> {
  let current = definition;
  for (let armings = 0; armings < MOST_ARMINGS; armings++) {
    if (current?.state !== "active") return undefined;
    if ((await arm(place, name, current)) === "armed") return current;
    const reading = await readShared(definitionObject(place, name), place.signal);
    const later = readDefinition(place, name, reading);
    if (later?.writeId === current.writeId)
      throw missingBody(place, current.content.payload.body, "copy");
    current = later;
  }
  throw new ObjectStoreError({
    ...definitionRef(place, name),
    code: "conflict",
    operation: "put",
    message: `other writers changed the schedule during each of ${MOST_ARMINGS} tries: the next sweep tries again`,
  });
}

/** Throws an error after which a wake-up stays: its occurrence is unknown. */
export function readDefinition(
  place: Place,
  name: string,
  { state }: Pick<SharedReading<StoredDefinition>, "state">,
): WrittenDefinition | undefined {
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
