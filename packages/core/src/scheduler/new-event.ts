import { randomDeliveryId } from "../codec/delivery-id.js";
import { checkDeliveryId, checkScheduleKey } from "../codec/key-limits.js";
import { KeywhenError } from "../keywhen-error.js";
import { checkOptionNames } from "../options/check-option-names.js";
import type { ResolvedHome } from "../options/home.js";
import { checkMetadataSize, checkUserMetadata, keywhenMetadata } from "../options/metadata.js";
import type { Body, ObjectRef, PutOptions } from "../store/object-store.js";
import { checkTargetOnStore } from "./check-target-on-store.js";
import { asEventId, type EventId } from "./scheduled-event.js";
import { type When, whenMs } from "./when.js";

/** What an event carries: a JSON value (as `application/json`), or bytes, text or a stream; neither = an empty body. */
export type Payload =
  | { readonly json: unknown; readonly body?: undefined }
  | {
      readonly body?: string | Body | undefined;
      /** The length of a stream in bytes, if known: some stores need it for large ones. */
      readonly size?: number | undefined;
      readonly contentType?: string | undefined;
      readonly json?: undefined;
    };

/** An event to schedule: when, where to, and what. */
export type NewEvent = When &
  Payload & {
    readonly to: ObjectRef;
    /**
     * Chosen by the caller it makes the call idempotent and names one event for ever; else 12 random
     * characters. The consumer finds it in the metadata `keywhen-id`.
     */
    readonly deliveryId?: string | undefined;
    /** User metadata, which the delivered object carries: names `[a-z0-9-]+`, values printable ASCII, 2 KB in all. */
    readonly metadata?: Readonly<Record<string, string>> | undefined;
    readonly contentEncoding?: string | undefined;
    readonly cacheControl?: string | undefined;
  };

const EVENT_OPTIONS = [
  "at",
  "in",
  "to",
  "json",
  "body",
  "size",
  "contentType",
  "deliveryId",
  "metadata",
  "contentEncoding",
  "cacheControl",
] as const;

/** An event that is checked and ready to be put. */
export interface PlannedEvent {
  readonly id: EventId;
  readonly key: string;
  readonly atMs: number;
  readonly to: ObjectRef;
  readonly deliveryId: string;
  /** The delivery id is the caller's, so the put is if-absent. */
  readonly isChosen: boolean;
  readonly body: Body;
  readonly put: PutOptions;
}

/** Checks an event completely, before anything is sent. */
export function planEvent(home: ResolvedHome, event: NewEvent): PlannedEvent {
  checkOptionNames(event, EVENT_OPTIONS, "An event");
  const atMs = whenMs(event, home.clock);
  const { limits, putIfAbsent } = home.store.capabilities;
  checkOptionNames(event.to, ["bucket", "key"], "to");
  checkTargetOnStore(home.store, event.to);
  const isChosen = event.deliveryId !== undefined;
  if (isChosen && !putIfAbsent) throw chosenIdNeedsPutIfAbsent();
  const deliveryId = event.deliveryId ?? randomDeliveryId(home.random);
  checkDeliveryId(deliveryId);
  const to = { bucket: event.to.bucket, key: event.to.key };
  const id = asEventId(home.codec.encode({ atMs, to, deliveryId, suffix: undefined }));
  const key = home.pendingPrefix + id;
  checkScheduleKey(key, to.key, limits, true);
  return {
    id,
    key,
    atMs,
    to,
    deliveryId,
    isChosen,
    body: bodyOf(event),
    put: {
      ...headersOf(event, atMs, deliveryId),
      condition: isChosen ? { if: "absent" } : undefined,
    },
  };
}

function headersOf(event: NewEvent, atMs: number, deliveryId: string): PutOptions {
  checkUserMetadata(event.metadata ?? {});
  const metadata = { ...event.metadata, ...keywhenMetadata(atMs, deliveryId) };
  checkMetadataSize(metadata);
  const isJson = "json" in event && event.json !== undefined;
  return {
    contentType: isJson
      ? "application/json"
      : "contentType" in event
        ? event.contentType
        : undefined,
    contentEncoding: event.contentEncoding,
    cacheControl: event.cacheControl,
    size: "size" in event ? event.size : undefined,
    metadata,
  };
}

function bodyOf(event: NewEvent): Body {
  const { body, json } = event;
  if (json !== undefined) {
    if (body !== undefined) {
      throw new KeywhenError(
        "invalid-option",
        "An event has json or body, not both: leave one out.",
      );
    }
    return new TextEncoder().encode(jsonText(json));
  }
  if (body === undefined) return new Uint8Array();
  if (typeof body === "string") return new TextEncoder().encode(body);
  if (body instanceof Uint8Array || body instanceof ReadableStream) return body;
  throw new KeywhenError(
    "invalid-option",
    "The body must be a string, a Uint8Array or a ReadableStream of them; give anything else as json.",
  );
}

function jsonText(json: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(json);
  } catch (cause) {
    throw new KeywhenError("invalid-option", `json can't be written as JSON: ${String(cause)}`, {
      cause,
    });
  }
  if (text === undefined) {
    throw new KeywhenError("invalid-option", `json is a ${typeof json}, which JSON can't hold.`);
  }
  return text;
}

function chosenIdNeedsPutIfAbsent(): KeywhenError {
  return new KeywhenError(
    "not-supported",
    "This store has no conditional put, so a chosen deliveryId could overwrite an event: leave deliveryId out.",
  );
}
