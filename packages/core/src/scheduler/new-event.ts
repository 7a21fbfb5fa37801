import { checkChoosable } from "../codec/choosable-id.js";
import { randomDeliveryId } from "../codec/delivery-id.js";
import { asEventId, type EventId } from "../codec/event-id.js";
import { checkDeliveryId, checkScheduleKey } from "../codec/key-limits.js";
import { checkOptionNames } from "../input/check-option-names.js";
import { KeywhenError } from "../keywhen-error.js";
import type { ResolvedHome } from "../options/home.js";
import type { Body, ObjectRef, PutOptions } from "../store/object-store.js";
import { checkTargetOnStore } from "./check-target-on-store.js";
import { bodyOf, type Payload } from "./event-body.js";
import { headersOf } from "./event-headers.js";
import { type When, whenMs } from "./when.js";

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
  /** The due instant was calculated by this machine's clock (`in`). */
  readonly isRelative: boolean;
  readonly body: Body;
  readonly put: PutOptions;
}

/** Checks an event completely, before anything is sent. */
export function planEvent(home: ResolvedHome, event: NewEvent): PlannedEvent {
  checkOptionNames(event, EVENT_OPTIONS, "An event");
  const atMs = whenMs(event, home.clock);
  const { limits, putIfAbsent } = home.store.capabilities;
  checkTargetOnStore(home, event.to);
  const isChosen = event.deliveryId !== undefined;
  const deliveryId = event.deliveryId ?? randomDeliveryId(home.random);
  checkDeliveryId(deliveryId);
  if (isChosen) checkChoosable(event);
  if (isChosen && !putIfAbsent) throw chosenIdNeedsPutIfAbsent();
  const to = { bucket: event.to.bucket, key: event.to.key };
  const id = asEventId(home.codec.encode({ atMs, to, deliveryId, suffix: undefined }));
  const key = home.pendingPrefix + id;
  checkScheduleKey(key, { ...to, deliveryId }, limits, true);
  const body = bodyOf(event);
  const headers = headersOf(event, atMs, deliveryId);
  checkSize(body, headers.size);
  return {
    id,
    key,
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
