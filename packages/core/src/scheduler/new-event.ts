import { KeywhenError } from "../errors.js";
import { checkOptionNames } from "../input/option-names.js";
import { showValue } from "../input/show-value.js";
import { checkMetadataSize, checkUserMetadata, keywhenMetadata } from "../options/metadata.js";
import type { Schedule } from "../options/schedule.js";
import type { Body, ObjectRef, PutOptions } from "../store/object-store.js";
import type { When } from "../time/moment.js";
import { bytesOf } from "../values.js";
import { checkTargetOnStore, type PlannedId, planNewId } from "./plan-key.js";

/** The body of an event. @inline */
type Payload =
  | {
      readonly json: unknown;
      readonly contentType?: string | undefined;
      readonly body?: undefined;
    }
  | {
      readonly body?: string | Body | ArrayBuffer | undefined;
      readonly size?: number | undefined;
      readonly contentType?: string | undefined;
      readonly json?: undefined;
    };

/**
 * An event to schedule: when, where to, and what. Its body is `json` (with the content type `application/json` by default), or
 * `body`: bytes, text or a stream. Without either the body is empty. `size` is the length of a stream in bytes, if known: some
 * stores need it for large ones.
 */
export type NewEvent = When &
  Payload & {
    readonly to: ObjectRef;
    /**
     * By default 12 random characters. If you choose it, you must give `at`, and a call with the same instant, target and
     * delivery id as an event that waits changes nothing (`exists`). It guarantees no more than that: another `at` is
     * another event, and after a cancel or a reschedule the same call stores a new event. The consumer finds the id in the
     * metadata `keywhen-id`.
     */
    readonly deliveryId?: string | undefined;
    /** User metadata, which the delivered object carries: names `[a-z0-9-]+`, values printable ASCII, 2 KB in all. */
    readonly metadata?: Readonly<Record<string, string>> | undefined;
    /** Printable ASCII, like `contentType` and `cacheControl`. */
    readonly contentEncoding?: string | undefined;
    readonly cacheControl?: string | undefined;
  };

export const EVENT_OPTIONS = [
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
];

/** An event that is checked and ready to be put, once its key is built. */
export interface PlannedEvent extends PlannedId {
  /** The delivery id is the caller's, so the put is if-absent. */
  readonly isChosen: boolean;
  /** The due instant was calculated by this machine's clock (`in`). */
  readonly isRelative: boolean;
  readonly body: Body;
  readonly put: PutOptions;
}

/** Checks an event completely but for the length of its key, before anything is sent. */
export function planEvent(schedule: Schedule, event: NewEvent): PlannedEvent {
  checkOptionNames(event, EVENT_OPTIONS, "An event");
  const planned = planNewId(schedule, event, (to) => checkTargetOnStore(schedule, to));
  const { id, atMs, to, deliveryId } = planned; // spreading them costs 2 µs an event
  const isChosen = event.deliveryId !== undefined;
  if (isChosen && !schedule.store.capabilities.putIfAbsent) throw chosenIdNeedsPutIfAbsent();
  const body = bodyOf(event);
  const headers = headersOf(event, planned, body);
  return {
    id,
    atMs,
    to,
    deliveryId,
    isChosen,
    isRelative: event.in !== undefined,
    body,
    put: { ...headers, condition: isChosen ? { if: "absent" } : undefined },
  };
}

function chosenIdNeedsPutIfAbsent(): KeywhenError {
  return new KeywhenError(
    "not-supported",
    'A chosen deliveryId needs conditional puts, and this store does not have them or is not known to honor them. If it is an S3 endpoint, name its service (for example service: "ceph", or service=ceph in the store URL), or set conditionalPut: true after a test has proved it. Otherwise leave deliveryId out.',
  );
}

/** The headers of a stored event; throws `invalid-option` for one that no store can keep. */
function headersOf(event: NewEvent, { atMs, deliveryId }: PlannedId, body: Body): PutOptions {
  const { contentType, contentEncoding, cacheControl } = event;
  const size = "size" in event ? event.size : undefined;
  checkHeader("contentType", contentType, "text/plain; charset=utf-8");
  checkHeader("contentEncoding", contentEncoding, "gzip");
  checkHeader("cacheControl", cacheControl, "no-store");
  checkSize(size, body);
  checkUserMetadata(event.metadata ?? {});
  const metadata = { ...event.metadata, ...keywhenMetadata(atMs, deliveryId) };
  checkMetadataSize(metadata);
  return {
    contentType: contentType ?? (event.json === undefined ? undefined : "application/json"),
    contentEncoding,
    cacheControl,
    size,
    metadata,
  };
}

/** What every store keeps unchanged: HTTP forbids control characters, and stores change or refuse other characters. */
const HEADER_VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

function checkHeader(name: string, value: unknown, example: string): void {
  if (value === undefined) return;
  if (value === "") throw invalid(`${name} is empty: leave it out.`);
  const got = `such as "${example}" (got ${showValue(value)}).`;
  if (typeof value !== "string") throw invalid(`${name} must be a string, ${got}`);
  if (HEADER_VALUE.test(value)) return;
  throw invalid(`${name} must be printable ASCII without a space at either end, ${got}`);
}

function checkSize(size: number | undefined, body: Body): void {
  if (size === undefined) return;
  if (!(Number.isSafeInteger(size) && size >= 0)) {
    throw invalid(`size must be a whole number of bytes (got ${showValue(size)}).`);
  }
  if (!(body instanceof Uint8Array) || size === body.byteLength) return;
  throw invalid(
    `size is ${size}, but body has ${body.byteLength} bytes: leave size out, only streams need it.`,
  );
}

/** The body of an event as stores take it; throws `invalid-option` for what can't be one. */
function bodyOf(payload: Payload): Body {
  const { body, json } = payload;
  if (json !== undefined) {
    if (body !== undefined) throw invalid("The event has both json and body: leave one out.");
    return new TextEncoder().encode(jsonText(json));
  }
  if (body === undefined) {
    if (!("json" in payload)) return new Uint8Array();
    throw invalid(
      "json is undefined, which JSON can't represent: give null, or leave json out for an empty body.",
    );
  }
  if (typeof body === "string") return new TextEncoder().encode(wellFormed(body));
  const bytes = bytesOf(body);
  if (bytes !== undefined) return bytes;
  if (isStream(body)) return body instanceof ReadableStream ? body : ownStream(body);
  throw invalid(
    `body must be a string, a Uint8Array, an ArrayBuffer or a ReadableStream of bytes (got ${showValue(body)}). ${adviceFor(body)}`,
  );
}

function jsonText(json: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(json);
  } catch (cause) {
    throw invalid(
      `json can't be written as JSON (${firstLine(String(cause))}): convert it to plain values first.`,
      { cause },
    );
  }
  if (text === undefined)
    throw invalid(
      `json is a ${typeof json}, which JSON can't represent: convert it to plain values first.`,
    );
  return text;
}

/** A lone surrogate would be delivered as another character, U+FFFD. */
function wellFormed(text: string): string {
  if (text.isWellFormed()) return text;
  const at = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.exec(text);
  throw invalid(
    `body contains a lone surrogate (half of a character) at index ${at?.index}, which UTF-8 can't represent: remove it, or give bytes.`,
  );
}

function isStream(body: unknown): body is ReadableStream<Uint8Array> {
  return hasMethod(body, "getReader");
}

/** A stream of another realm, or of another implementation, read on demand. */
function ownStream(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        const bytes = bytesOf(value);
        if (bytes === undefined)
          throw invalid(
            `The body's stream must give bytes (got ${showValue(value)}): convert its chunks to Uint8Array.`,
          );
        controller.enqueue(bytes);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/** The message of a circular structure has several lines. */
function firstLine(text: string): string {
  return text.replace(/\n.*/s, "");
}

function adviceFor(body: unknown): string {
  if (hasMethod(body, "stream")) {
    return "For a Blob or File, give body: blob.stream() and size: blob.size.";
  }
  if (hasMethod(body, "pipe")) return "For a Node.js stream, give body: Readable.toWeb(stream).";
  return "Give any other value as json.";
}

function hasMethod(value: unknown, name: string): boolean {
  return (
    typeof value === "object" && value !== null && typeof Reflect.get(value, name) === "function"
  );
}

function invalid(message: string, options?: ErrorOptions): KeywhenError {
  return new KeywhenError("invalid-option", message, options);
}
