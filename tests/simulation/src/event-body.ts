import type { NewEvent } from "@keywhen/core";
import type { EventPlan, StepPlan } from "./plan.js";
import type { StoredObject } from "./store/stored-objects.js";

/** What an event of a plan carries: its own name, with every header that a copy must keep. */
export function payloadOf({ name }: Pick<EventPlan, "name">): Pick<
  NewEvent,
  "metadata" | "contentEncoding" | "cacheControl"
> & {
  body: string;
  contentType: string;
} {
  return {
    body: `the body of ${name}`,
    contentType: "application/x-event",
    contentEncoding: "identity",
    cacheControl: "no-store",
    metadata: { "of-event": name },
  };
}

type NewContent = Pick<NewEvent, "metadata" | "cacheControl"> & {
  readonly body: string;
  readonly contentType: string;
};

/** What a step replaces the content with: the step's own name. */
export function replacementOf({ name, replacement }: StepPlan): NewContent | undefined {
  if (replacement === undefined) return undefined;
  const content = { body: `the body of ${name}`, contentType: "application/x-new-event" };
  if (replacement.keepsMetadata) return content;
  return { ...content, cacheControl: "max-age=60", metadata: { "of-step": name } };
}

/** A delivery id as `keywhen-id` has it; that of a name has a semicolon. */
export function escapedId(deliveryId: string): string {
  return encodeURIComponent(deliveryId).replaceAll("%3B", ";");
}

/** An object's body and headers in one line, without keywhen's own metadata. */
export function describeObject(object: StoredObject): string {
  const { bytes, contentType, contentEncoding, cacheControl, metadata } = object;
  const own = Object.entries(metadata).filter(([name]) => !name.startsWith("keywhen-"));
  return JSON.stringify([
    new TextDecoder().decode(bytes),
    contentType,
    contentEncoding,
    cacheControl,
    own.sort(),
  ]);
}
