import { isJsonObject, type JsonObject, textAt } from "../json-shape.js";
import type { ObjectRef } from "../store/object-store.js";
import { decodeName, invalidNotification, objectRef } from "./invalid-notification.js";

/**
 * A Pub/Sub push of Cloud Storage; the names are attributes, as they are, whatever the payload format.
 * Source: "Pub/Sub notifications for Cloud Storage".
 */
export function readPubSub(notification: JsonObject): readonly ObjectRef[] | undefined {
  const { message } = notification;
  const attributes = isJsonObject(message) ? message["attributes"] : undefined;
  const eventType = textAt(attributes, "eventType");
  if (eventType === undefined) return undefined;
  if (eventType !== "OBJECT_FINALIZE") return [];
  return [objectRef(textAt(attributes, "bucketId"), textAt(attributes, "objectId"))];
}

/**
 * An event of Azure Event Grid, in its own schema or as a CloudEvent. The blob's name is taken from its URL,
 * percent-encoded there; `subject` spoils some characters. Source: "Azure Blob Storage as an Event Grid
 * source". The handshake of a new subscription gives no object; answering it is the endpoint's.
 */
export function readEventGrid(event: JsonObject): readonly ObjectRef[] | undefined {
  const type = textAt(event, "eventType") ?? textAt(event, "type") ?? "";
  if (!/^Microsoft\.(?:Storage|EventGrid)\./.test(type)) return undefined;
  if (type !== "Microsoft.Storage.BlobCreated") return [];
  const subject = textAt(event, "subject") ?? "";
  const container = /^\/blobServices\/[^/]+\/containers\/([^/]+)\/blobs\/./.exec(subject)?.[1];
  if (container === undefined) throw invalidNotification(`its subject "${subject}" names no blob`);
  return [objectRef(container, blobName(textAt(event, "data", "url"), container))];
}

/** Not by `new URL()`, which resolves `..` in a blob's name. */
function blobName(url: string | undefined, container: string): string | undefined {
  const path = /^https?:\/\/[^/]+(\/[^?#]*)/.exec(url ?? "")?.[1] ?? "";
  const start = path.indexOf(`/${container}/`);
  return start < 0 ? undefined : decodeName(path.slice(start + container.length + 2));
}
