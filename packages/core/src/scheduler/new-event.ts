import { invalidOption, KeywhenError } from "../errors.js";
import { checkValue } from "../input/check-value.js";
import { checkOptionNames } from "../input/option-names.js";
import { safeText } from "../input/show-value.js";
import { DELIVERY_TIME_OPTIONS, type DeliveryTime } from "../key/delivery-time.js";
import { checkMetadataSize, checkUserMetadata, keywhenMetadata } from "../options/metadata.js";
import type { Schedule } from "../options/schedule.js";
import type { Body, ObjectRef, PutOptions } from "../store/object-store.js";
import type { When } from "../time/moment.js";
import { bytesOf } from "../values.js";
import { checkTargetOnStore, type EventIdentity, planNewId } from "./plan-key.js";

/** The body of an event. @inline */
type Payload =
  | { readonly json: unknown; readonly body?: undefined }
  | {
      readonly body?: string | Body | ArrayBuffer | undefined;
      readonly size?: number | undefined;
      readonly json?: undefined;
    };

/**
 * An event to schedule: when, where to, and what. Its body is `json` (by default as `application/json`), or `body`: bytes, text
 * or a stream. Without either the body is empty. `size` is the length of a stream in bytes, if known: some stores need it for
 * large ones.
 */
export type NewEvent = When &
  DeliveryTime &
  Payload & {
    readonly to: ObjectRef;
    /**
     * By default 12 random characters. If you choose it, you must give `at`, and a call with the instant, target, delivery
     * id and `expiresAfter` of an event that waits changes nothing (`exists`). It guarantees no more: another `at` is another
     * event, and after a cancel or a reschedule the same call stores a new one. The consumer finds the id in the metadata
     * `keywhen-id`.
     */
    readonly deliveryId?: string | undefined;
    /** User metadata, which the delivered object carries: names `[a-z0-9-]+`, values printable ASCII, 2 KB in all. */
    readonly metadata?: Readonly<Record<string, string>> | undefined;
    /** Printable ASCII, like the other headers. */
    readonly contentType?: string | undefined;
    readonly contentEncoding?: string | undefined;
    readonly cacheControl?: string | undefined;
  };

export const TIME_OPTIONS = ["at", "in"];
export const CONTENT_OPTIONS = [
  "to",
  "json",
  "body",
  "size",
  "contentType",
  "deliveryId",
  "metadata",
  "contentEncoding",
  "cacheControl",
  ...DELIVERY_TIME_OPTIONS,
];
const EVENT_OPTIONS = [...TIME_OPTIONS, ...CONTENT_OPTIONS];

/** An event that is checked and ready to be put, once its key is built. */
export interface PlannedEvent {
  readonly identity: EventIdentity;
  /** The delivery id is the caller's, so the put is if-absent. */
  readonly isChosen: boolean;
  /** The due instant was calculated by this machine's clock (`in`). */
  readonly isRelative: boolean;
  readonly body: Body;
  readonly put: PutOptions;
}

/** Checks all of an event but the length of its key. */
export function planEvent(schedule: Schedule, event: NewEvent): PlannedEvent {
  checkOptionNames(event, EVENT_OPTIONS, "An event");
  const identity = planNewId(schedule, event, (to) => checkTargetOnStore(schedule, to));
  const isChosen = event.deliveryId !== undefined;
  if (isChosen && !schedule.store.capabilities.putIfAbsent) throw chosenIdNeedsPutIfAbsent();
  const body = bodyOf(event);
  const put = putOptionsOf(event, identity, body);
  return { identity, isChosen, isRelative: event.in !== undefined, body, put };
}

function chosenIdNeedsPutIfAbsent(): KeywhenError {
  return new KeywhenError(
    "not-supported",
    'A chosen deliveryId needs conditional puts, and this store does not have them or is not known to honor them. If it is an S3 endpoint, name its service (for example service: "ceph", or service=ceph in the store URL), or set conditionalPut: true after a test has proved it. Otherwise leave deliveryId out.',
  );
}

/** Throws `invalid-option` for a header that no store can keep. */
function putOptionsOf(event: NewEvent, { at, deliveryId }: EventIdentity, body: Body): PutOptions {
  const { contentType, contentEncoding, cacheControl } = event;
  const size = "size" in event ? event.size : undefined;
  checkHeader("contentType", contentType, "text/plain; charset=utf-8");
  checkHeader("contentEncoding", contentEncoding, "gzip");
  checkHeader("cacheControl", cacheControl, "no-store");
  checkSize(size, body);
  checkUserMetadata(event.metadata ?? {});
  const metadata = { ...event.metadata, ...keywhenMetadata(at.getTime(), deliveryId) };
  checkMetadataSize(metadata);
  return {
    contentType: contentType ?? (event.json === undefined ? undefined : "application/json"),
    contentEncoding,
    cacheControl,
    size,
    metadata,
    condition: event.deliveryId === undefined ? undefined : { if: "absent" },
  };
}

/** What every store keeps: HTTP forbids control characters, and stores change or refuse others. */
const HEADER_VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

function checkHeader(name: string, value: unknown, example: string): void {
  if (value === undefined) return;
  if (value === "") throw invalidOption(`${name} is empty: leave it out.`);
  checkValue(typeof value === "string", value, `${name} must be a string, such as "${example}"`);
  const rule = `${name} must be printable ASCII without a space at either end, such as "${example}"`;
  checkValue(HEADER_VALUE.test(value), value, rule);
}

function checkSize(size: number | undefined, body: Body): void {
  if (size === undefined) return;
  const isSize = Number.isSafeInteger(size) && size >= 0;
  checkValue(isSize, size, "size must be a whole number of bytes");
  if (!(body instanceof Uint8Array) || size === body.byteLength) return;
  throw invalidOption(
    `size is ${size}, but body has ${body.byteLength} bytes: leave size out, only streams need it.`,
  );
}

/** The body as stores take it; throws `invalid-option` for what can't be one. */
function bodyOf(payload: Payload): Body {
  const { body, json } = payload;
  if (json !== undefined) {
    if (body !== undefined) throw invalidOption("The event has both json and body: leave one out.");
    return new TextEncoder().encode(jsonText(json));
  }
  if (body === undefined) {
    if (!("json" in payload)) return new Uint8Array();
    throw invalidOption(
      "json is undefined, which JSON can't represent: give null, or leave json out for an empty body.",
    );
  }
  if (typeof body === "string") return new TextEncoder().encode(wellFormed(body));
  const bytes = bytesOf(body);
  if (bytes !== undefined) return bytes;
  const rule = "body must be a string, a Uint8Array, an ArrayBuffer or a ReadableStream of bytes";
  checkValue(isStream(body), body, rule, `. ${adviceFor(body)}`);
  return body instanceof ReadableStream ? body : ownStream(body);
}

function jsonText(json: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(json);
  } catch (cause) {
    const [problem] = safeText(cause).split("\n"); // that of a circular structure has several lines
    throw invalidOption(
      `json can't be written as JSON (${problem}): convert it to plain values first.`,
      { cause },
    );
  }
  if (text !== undefined) return text;
  throw invalidOption(
    `json is a ${typeof json}, which JSON can't represent: convert it to plain values first.`,
  );
}

/** A lone surrogate would be delivered as another character, U+FFFD. */
function wellFormed(text: string): string {
  if (text.isWellFormed()) return text;
  const at = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.exec(text);
  throw invalidOption(
    `body contains a lone surrogate (half of a character) at index ${at?.index}, which UTF-8 can't represent: remove it, or give bytes.`,
  );
}

/** Reads a stream of another realm or implementation, on demand. */
function ownStream(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        const bytes = bytesOf(value);
        const rule = "The body's stream must give bytes";
        checkValue(bytes !== undefined, value, rule, ": convert its chunks to Uint8Array.");
        controller.enqueue(bytes);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

function isStream(body: unknown): body is ReadableStream<Uint8Array> {
  return hasMethod(body, "getReader");
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
