import type { DestinationEvent, OpenedEvent } from "@keywhen/core/destination";
import { escapePart } from "@keywhen/core/internal";

/** The CloudEvents attributes that are the same for every event of a destination. */
export interface CloudEventNames {
  readonly type: string;
  /** @default `keywhen:` and the destination's name */
  readonly source: string | undefined;
}

/** What a header's value may contain. Other programs can have written anything. */
const HEADER_VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
const METADATA_NAME = /^[a-z0-9-]+$/;
/** Of the W3C's trace context, which a receiver's instrumentation reads. */
const TRACE_HEADERS = ["traceparent", "tracestate"];

/**
 * The id of a webhook, equal for every try: the delivery id, percent-encoded as in the event's key. Dots are encoded as well,
 * because they separate what is signed.
 */
export function webhookId({ deliveryId, id }: DestinationEvent): string {
  return escapePart(deliveryId ?? id).replaceAll(".", "%2E");
}

/** The headers that describe an event: of its body, CloudEvents in binary mode, its metadata and the trace that it continues. */
export function eventHeaders(
  event: DestinationEvent,
  opened: Omit<OpenedEvent, "body">,
  { type, source = `keywhen:${escapePart(event.destination)}` }: CloudEventNames,
): Record<string, string> {
  const { contentType, contentEncoding, metadata } = opened;
  const headers: Record<string, string | undefined> = {
    "content-type": contentType,
    "content-encoding": contentEncoding,
  };
  for (const name of TRACE_HEADERS) headers[name] = metadata[name];
  for (const [name, value] of Object.entries(metadata)) {
    if (METADATA_NAME.test(name)) headers[`keywhen-meta-${name}`] = value;
  }
  // A body of this type is itself a CloudEvent, whose attributes count.
  const isStructured = contentType?.toLowerCase().startsWith("application/cloudevents") ?? false;
  if (!isStructured) Object.assign(headers, cloudEventHeaders(event, type, source));
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] =>
      HEADER_VALUE.test(entry[1] ?? ""),
    ),
  );
}

function cloudEventHeaders(
  { deliveryId, id, dueAt, key }: DestinationEvent,
  type: string,
  source: string,
): Record<string, string> {
  return {
    "ce-specversion": "1.0",
    "ce-id": attribute(deliveryId ?? id),
    "ce-source": attribute(source),
    "ce-type": attribute(type),
    "ce-time": dueAt.toISOString(),
    "ce-subject": attribute(key),
  };
}

/** Percent-encodes what the HTTP binding of CloudEvents requires: all but printable ASCII, and also space, `"` and `%`. */
function attribute(text: string): string {
  return text.replace(/[^\x21\x23\x24\x26-\x7e]+/gu, encodeURIComponent);
}
