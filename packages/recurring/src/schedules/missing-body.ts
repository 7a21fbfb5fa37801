import { ObjectStoreError } from "@keywhen/core/store";
import type { StoredBody } from "../definition/definition.js";
import { bodyRef, type Place } from "./place.js";

/** The error for a body that is missing although no writer has changed the schedule since its definition was read. */
export function missingBody(
  place: Place,
  body: StoredBody,
  operation: "copy" | "get",
): ObjectStoreError {
  return new ObjectStoreError({
    ...bodyRef(place, body.kind === "object" ? body.object : ""),
    code: "unexpected",
    undecided: false,
    operation,
    message: "the body of the schedule is missing: put the schedule again",
  });
}
