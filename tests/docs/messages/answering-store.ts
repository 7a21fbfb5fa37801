import type { ObjectStore } from "@keywhen/core/store";
import { manualClock, memoryStore } from "@keywhen/core/testing";

const NOON = "2026-12-24T12:00:00Z";
const AT = "2026-12-24T13:00Z";
export const ID = "2026-12-24T13:00:00.000Z|out|k|d";
export const to = { bucket: "out", key: "k" };
export const EVENT = { to, at: AT, deliveryId: "d" };

/** A schedule on a store that answers each call of one method as given. */
export function answering(answers: object) {
  const clock = manualClock(NOON);
  const store: ObjectStore = { ...memoryStore({ clock }), ...answers };
  return { store, bucket: "schedule", clock };
}
