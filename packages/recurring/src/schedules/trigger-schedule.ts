import { createScheduler, type EventId, type ScheduleLocation } from "@keywhen/core";
import { readShared, retry } from "@keywhen/core/internal";
import { ObjectStoreError, readBody } from "@keywhen/core/store";
import type { Content, StoredBody } from "../definition/definition.js";
import { storedDefinition } from "./change-definition.js";
import { missingBody } from "./missing-body.js";
import { bodyRef, definitionObject, definitionRef, type Place } from "./place.js";

export type TriggerResult =
  | { readonly outcome: "triggered"; readonly id: EventId }
  | { readonly outcome: "not-found" };

/** How often a body is looked for that other writers keep replacing. */
const MOST_READINGS = 5;

/** Schedules an event, due now, that is delivered as the occurrences are. */
export async function triggerSchedule(
  location: ScheduleLocation,
  place: Place,
  name: string,
): Promise<TriggerResult> {
  const found = await contentAndBody(place, name);
  if (found === undefined) return { outcome: "not-found" };
  const { to, payload, body } = found;
  const { body: _, ...headers } = payload;
  const now = new Date(place.clock.now()).toISOString();
  const target = { bucket: to.bucket, key: to.key.replaceAll("{occurrence}", now) };
  const scheduler = createScheduler(location);
  const { id } = await scheduler.schedule({ in: "0s", to: target, body, ...headers });
  return { outcome: "triggered", id };
}

async function contentAndBody(
  place: Place,
  name: string,
): Promise<(Content & { readonly body: Uint8Array }) | undefined> {
  let earlierWriteId: string | undefined;
  for (let readings = 0; readings < MOST_READINGS; readings++) {
    const reading = await readShared(definitionObject(place, name), place.signal);
    const definition = storedDefinition(reading, name);
    if (definition === undefined || definition.state === "deleted") return undefined;
    const { content, writeId } = definition;
    const body = await bytesOf(place, content.payload.body);
    if (body !== undefined) return { ...content, body };
    if (writeId === earlierWriteId) throw missingBody(place, content.payload.body, "get");
    earlierWriteId = writeId;
  }
  throw new ObjectStoreError({
    ...definitionRef(place, name),
    code: "conflict",
    operation: "get",
    message: `other writers replaced the schedule during each of ${MOST_READINGS} tries: try again later`,
  });
}

/** As bytes, which can be sent again. `undefined`: the schedule has another body by now. */
async function bytesOf(place: Place, stored: StoredBody): Promise<Uint8Array | undefined> {
  if (stored.kind === "inline") return Buffer.from(stored.base64, "base64");
  const ref = bodyRef(place, stored.object);
  const { signal, store } = place;
  return retry(place, async () => {
    const opened = await store.get(ref, { signal });
    return opened && readBody(ref, opened.body, { size: opened.size, signal });
  });
}
