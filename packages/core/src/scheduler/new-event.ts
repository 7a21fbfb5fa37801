import { KeywhenError } from "../errors.js";
import { checkOptionNames } from "../input/option-names.js";
import { DELIVERY_TIME_OPTIONS, type DeliveryTime } from "../key/delivery-time.js";
import { checkMetadataSize, keywhenMetadata } from "../options/metadata.js";
import type { Schedule } from "../options/schedule.js";
import type { Body, ObjectRef, PutOptions } from "../store/object-store.js";
import type { When } from "../time/moment.js";
import { CONTENT_OPTIONS, type EventContent, planContent } from "./event-content.js";
import { checkTargetOnStore, type EventIdentity, planNewId } from "./plan-key.js";

/**
 * An event to schedule: when, where to, and what. Its body is `json` (by default as `application/json`), or `body`: bytes, text
 * or a stream. Without either the body is empty. `size` is the length of a stream in bytes, if known: some stores need it for
 * large ones.
 */
export type NewEvent = When &
  DeliveryTime &
  EventContent & {
    readonly to: ObjectRef;
    /**
     * By default 12 random characters. If you choose it, you must give `at`, and a call with the instant, target, delivery
     * id and `expiresAfter` of an event that waits changes nothing (`exists`). It guarantees no more: another `at` is another
     * event, and after a cancel or a reschedule the same call stores a new one. The consumer finds the id in the metadata
     * `keywhen-id`.
     */
    readonly deliveryId?: string | undefined;
  };

export const TIME_OPTIONS = ["at", "in"];
/** What an event keeps as long as it waits. */
export const FIXED_OPTIONS = ["to", "deliveryId", ...DELIVERY_TIME_OPTIONS];
const EVENT_OPTIONS = [...TIME_OPTIONS, ...FIXED_OPTIONS, ...CONTENT_OPTIONS];

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
  const { body, ...content } = planContent(event);
  const metadata = {
    ...content.metadata,
    ...keywhenMetadata(identity.at.getTime(), identity.deliveryId),
  };
  checkMetadataSize(metadata);
  const condition = isChosen ? ({ if: "absent" } as const) : undefined;
  const put = { ...content, metadata, condition };
  return { identity, isChosen, isRelative: event.in !== undefined, body, put };
}

function chosenIdNeedsPutIfAbsent(): KeywhenError {
  return new KeywhenError(
    "not-supported",
    'A chosen deliveryId needs conditional puts, and this store does not have them or is not known to honor them. If it is an S3 endpoint, name its service (for example service: "ceph", or service=ceph in the store URL), or set conditionalPut: true after a test has proved it. Otherwise leave deliveryId out.',
  );
}
