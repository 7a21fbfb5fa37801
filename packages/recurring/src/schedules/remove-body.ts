import type { StoredBody } from "../definition/definition.js";
import { bodyRef, type Place } from "./place.js";

/** Removes the separate object of a deleted schedule's body, if it has one. A wake-up that was armed with it holds a copy. */
export async function removeBody(place: Place, body: StoredBody | undefined): Promise<void> {
  if (body?.kind !== "object") return;
  const { key } = bodyRef(place, body.object);
  try {
    await place.store.delete(place.bucket, [key], { signal: place.signal });
  } catch {
    // It takes some space, and no harm comes of it.
  }
}
