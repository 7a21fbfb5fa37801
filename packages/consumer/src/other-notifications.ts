import { isJsonObject, type JsonObject } from "@keywhen/core/internal";
import type { ObjectRef } from "@keywhen/core/store";
import { blobName } from "./blob-name.js";
import { objectRef, textAt, Unreadable } from "./reading.js";

/** Events of Cloud Storage that create nothing. */
const CHANGED: ReadonlySet<string> = new Set([
  "OBJECT_METADATA_UPDATE",
  "OBJECT_DELETE",
  "OBJECT_ARCHIVE",
]);

/**
 * Reads a Pub/Sub message of Cloud Storage, pushed or pulled; the names are attributes and not encoded, in any payload
 * format. Source: "Pub/Sub notifications for Cloud Storage".
 */
export function readPubSub(notification: JsonObject): readonly ObjectRef[] | undefined {
  const { message } = notification;
  const attributes = isJsonObject(message) ? message["attributes"] : undefined;
  const eventType = textAt(attributes, "eventType");
  if (eventType === undefined) return undefined;
  if (CHANGED.has(eventType)) return [];
  if (eventType !== "OBJECT_FINALIZE") {
    throw new Unreadable(`its eventType "${eventType}" is not one of Cloud Storage`);
  }
  return [objectRef(textAt(attributes, "bucketId"), textAt(attributes, "objectId"))];
}

/**
 * Reads an event of Azure Event Grid, in its own schema or as a CloudEvent. Source: "Azure Blob Storage as an Event Grid
 * source". The handshake of a new subscription gives no object; answering it is the endpoint's.
 */
export function readEventGrid(event: JsonObject): readonly ObjectRef[] | undefined {
  const type = textAt(event, "eventType") ?? textAt(event, "type") ?? "";
  if (!/^Microsoft\.(?:Storage|EventGrid)\./.test(type)) return undefined;
  if (type !== "Microsoft.Storage.BlobCreated") return [];
  const subject = textAt(event, "subject") ?? "";
  const [, container, name] =
    /^\/blobServices\/[^/]+\/containers\/([^/]+)\/blobs\/(.+)$/s.exec(subject) ?? [];
  if (container === undefined || name === undefined) {
    throw new Unreadable(`its subject "${subject}" names no blob`);
  }
  return [objectRef(container, blobName(textAt(event, "data", "url") ?? "", container, name))];
}
