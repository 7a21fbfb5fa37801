import { deliveredEvent, receivedMetadata } from "@keywhen/core/internal";
import type { ObjectInfo, OpenObject } from "@keywhen/core/store";
import type { NotifiedObject } from "./notified-object.js";
import { checkSchema, type Payload, readerOf } from "./payload.js";
import type { StandardSchema } from "./standard-schema.js";

/** An event at its target. */
export interface Delivery extends NotifiedObject, Payload {
  /** The same for every repeat: the idempotency key. `undefined` for events that other programs wrote. */
  readonly deliveryId: string | undefined;
  /** When it was due; `undefined` for events that other programs wrote. */
  readonly at: Date | undefined;
  /** The body's JSON, checked by any Standard Schema. Throws `invalid-payload` with what doesn't match. */
  json(): Promise<unknown>;
  json<T>(schema: StandardSchema<T>): Promise<T>;
  /**
   * Deletes the object unless it has been replaced (`changed`): HEAD, then DELETE. This is not atomic, so give each event
   * another target key.
   */
  remove(): Promise<"removed" | "changed">;
}

/** Returns the delivery for an opened object. */
export function deliveryOf(
  ref: NotifiedObject,
  opened: OpenObject,
  remove: Delivery["remove"],
): Delivery {
  const { bytes, text, json } = readerOf(ref, opened.body);
  return {
    ...ref,
    ...identityOf(opened),
    size: opened.size,
    contentType: opened.contentType,
    metadata: receivedMetadata(opened.metadata),
    body: opened.body,
    bytes,
    text,
    json: async <T>(schema?: StandardSchema<T>) => {
      checkSchema(schema, "json()");
      return json(schema);
    },
    remove,
  };
}

/** Returns the writer's delivery id and the due instant. */
function identityOf({ metadata }: ObjectInfo): Pick<Delivery, "deliveryId" | "at"> {
  const { deliveryId, atMs } = deliveredEvent(metadata);
  return { deliveryId, at: atMs === undefined ? undefined : new Date(atMs) };
}
