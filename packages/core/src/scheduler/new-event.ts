import { KeywhenError } from "../errors.js";
import { checkOptionNames } from "../input/option-names.js";
import { showValue } from "../input/show-value.js";
import { checkMetadataSize, checkUserMetadata, keywhenMetadata } from "../options/metadata.js";
import type { Schedule } from "../options/schedule.js";
import type { Body, ObjectRef, PutOptions } from "../store/object-store.js";
import type { When } from "../time/moment.js";
import { bodyOf, type Payload } from "./event-body.js";
import { checkTargetOnStore, type PlannedId, planNewId } from "./plan-key.js";

/** An event to schedule: when, where to, and what. */
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
] as const;

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
export function planEvent(home: Schedule, event: NewEvent): PlannedEvent {
  checkOptionNames(event, EVENT_OPTIONS, "An event");
  const planned = planNewId(home, event, (to) => checkTargetOnStore(home, to));
  const { id, atMs, to, deliveryId } = planned; // spreading them costs 2 µs an event
  const isChosen = event.deliveryId !== undefined;
  if (isChosen && !home.store.capabilities.putIfAbsent) throw chosenIdNeedsPutIfAbsent();
  const body = bodyOf(event);
  const headers = headersOf(event, planned);
  checkSize(body, headers.size);
  return {
    id,
    atMs,
    to,
    deliveryId,
    isChosen,
    isRelative: event.in !== undefined,
    body,
    put: {
      ...headers,
      condition: isChosen ? { if: "absent" } : undefined,
    },
  };
}

function checkSize(body: Body, size: number | undefined): void {
  if (!(body instanceof Uint8Array) || size === undefined || size === body.byteLength) return;
  throw new KeywhenError(
    "invalid-option",
    `size is ${size}, but body has ${body.byteLength} bytes: leave size out, only streams need it.`,
  );
}

function chosenIdNeedsPutIfAbsent(): KeywhenError {
  return new KeywhenError(
    "not-supported",
    'A chosen deliveryId needs conditional puts, and this store does not have them or is not known to honor them. If it is an S3 endpoint, name its service (for example service: "ceph", or service=ceph in the store URL), or set conditionalPut: true after a test has proved it. Otherwise leave deliveryId out.',
  );
}

/** The headers of a stored event; throws `invalid-option` for one that no store can keep. */
function headersOf(event: NewEvent, { atMs, deliveryId }: PlannedId): PutOptions {
  const { contentType, contentEncoding, cacheControl } = event;
  const size = "size" in event ? event.size : undefined;
  checkHeader("contentType", contentType, "text/plain; charset=utf-8");
  checkHeader("contentEncoding", contentEncoding, "gzip");
  checkHeader("cacheControl", cacheControl, "no-store");
  if (size !== undefined && !(Number.isSafeInteger(size) && size >= 0)) {
    throw invalid(`size must be a whole number of bytes (got ${showValue(size)}).`);
  }
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
  if (typeof value !== "string") {
    throw invalid(`${name} must be a string, such as "${example}" (got ${showValue(value)}).`);
  }
  if (value === "") throw invalid(`${name} is empty: leave it out.`);
  if (HEADER_VALUE.test(value)) return;
  throw invalid(
    `${name} must be printable ASCII without blanks at its ends, such as "${example}" (got ${showValue(value)}).`,
  );
}

function invalid(message: string): KeywhenError {
  return new KeywhenError("invalid-option", message);
}
