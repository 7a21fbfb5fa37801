import type { NewEvent } from "@keywhen/core";
import type { EventPlan } from "./plan.js";
import type { StoredObject } from "./store/stored-objects.js";

/** What an event of a plan carries: its own name, with every header that a copy must keep. */
export function payloadOf({ name }: EventPlan): Pick<
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
