import { invalidOption, KeywhenError } from "../errors.js";
import { asEventId, codecV1, isInScheduleFolder } from "../key/codec-v1.js";
import { hashOfId, randomDeliveryId } from "../key/delivery-id.js";
import { type DeliveryTime, dueMs, expiresAfterMs } from "../key/delivery-time.js";
import type { GivenEvent } from "../key/event-id.js";
import type { EventId, KeyCodec } from "../key/key-codec.js";
import { checkDeliveryId, checkScheduleKey, checkTarget } from "../key/key-limits.js";
import { type Clock, type RandomSource, systemClock, systemRandom } from "../machine.js";
import type { Schedule } from "../options/schedule.js";
import type { NameLimits, ObjectRef } from "../store/object-store.js";
import { type When, whenMs } from "../time/moment.js";

/** An event whose id is decided. Its key is a partition's prefix and the id: see `planKey`. */
export interface EventIdentity {
  readonly id: EventId;
  /** The due instant. */
  readonly at: Date;
  readonly to: ObjectRef;
  readonly deliveryId: string;
}

/** What an event's key is made of. @inline */
export type KeyedEvent = When &
  DeliveryTime & {
    readonly to: ObjectRef;
    readonly deliveryId?: string | undefined;
  };

/** Decides the id of a new event: its instant, its delivery id and when it expires. Checks all parts. */
export function planNewId(
  { codec, clock, random }: Pick<Schedule, "codec" | "clock" | "random">,
  event: KeyedEvent,
  checkTarget: (to: ObjectRef) => void,
): EventIdentity {
  const givenMs = whenMs(event, clock);
  checkTarget(event.to);
  const deliveryId = event.deliveryId ?? randomDeliveryId(random);
  checkDeliveryId(deliveryId);
  if (event.deliveryId !== undefined && event.in !== undefined) throw notRepeatable();
  const to = { bucket: event.to.bucket, key: event.to.key };
  const atMs = dueMs(givenMs, deliveryId, event);
  const key = { atMs, to, deliveryId, expiresAfterMs: expiresAfterMs(event), suffix: undefined };
  return { id: asEventId(codec.encode(key)), at: new Date(atMs), to, deliveryId };
}

/**
 * Decides the id of an event that moves to another instant, always the same for the same move. The delivery id and the time after
 * which it expires stay, and a hash of the old id makes the new one unique. An event without a delivery id gets the hash as one.
 */
export async function planMovedId(
  codec: KeyCodec,
  { id: oldId, ...event }: GivenEvent,
  atMs: number,
): Promise<EventIdentity> {
  const isNamed = event.deliveryId !== undefined;
  const deliveryId = event.deliveryId ?? (await hashOfId(oldId, 12));
  const suffix = isNamed ? await hashOfId(oldId, 8) : undefined;
  const id = asEventId(codec.encode({ ...event, atMs, deliveryId, suffix }));
  return { id, at: new Date(atMs), to: event.to, deliveryId };
}

/** Builds the key of an event in a partition; throws `key-too-long`. A new event leaves room for the suffix of a move. */
export function planKey(
  prefix: string,
  { id, to, deliveryId }: Pick<EventIdentity, "to" | "deliveryId"> & { readonly id: string },
  limits: NameLimits,
  isMove = false,
): string {
  const key = prefix + id;
  checkScheduleKey(key, { key: to.key, deliveryId }, limits, !isMove);
  return key;
}

/**
 * Throws `invalid-target` for a name that the store can't hold, and for a key in the schedule's own folder: such an event would
 * be dead-lettered when it is due.
 */
export function checkTargetOnStore(schedule: Schedule, to: ObjectRef): void {
  const { store, root } = schedule;
  checkTarget(to, store.capabilities.limits);
  const target = JSON.stringify(`${to.bucket}/${to.key}`);
  const problem = store.nameProblem?.(to);
  if (problem !== undefined) {
    throw badTarget(`This store can't hold the target ${target}: ${problem}`);
  }
  if (!isInScheduleFolder(schedule, to)) return;
  throw badTarget(
    `The target ${target} is in the schedule's own folder (${root}/), where no event is delivered`,
  );
}

function badTarget(problem: string): KeywhenError {
  return new KeywhenError("invalid-target", `${problem}. Choose another bucket or key.`);
}

/** S3's limits, which nearly every store has; a store with lower ones refuses the key itself. */
const COMMON_LIMITS: NameLimits = { keyBytes: 1_024, bucketCharacters: 255 };

/** @inline */
export interface PendingKeyOptions {
  /** @default "keywhen" */
  readonly root?: string | undefined;
  /** @default this machine's clock */
  readonly clock?: Clock | undefined;
  /** @default the platform's cryptographic source */
  readonly random?: RandomSource | undefined;
}

/**
 * The key of a waiting event: any writer that puts an object there schedules it (codec v1). Sends nothing. Throws
 * `invalid-time`, `invalid-duration`, `invalid-target`, `invalid-id` and `key-too-long`.
 */
export function pendingKey(
  event: KeyedEvent,
  options: PendingKeyOptions = {},
): { readonly key: string; readonly id: EventId } {
  const { clock = systemClock, random = systemRandom } = options;
  const root = codecV1.checkRoot(options.root);
  const planned = planNewId({ codec: codecV1, clock, random }, event, (to) =>
    checkTarget(to, COMMON_LIMITS),
  );
  return { key: planKey(codecV1.pendingPrefix(root), planned, COMMON_LIMITS), id: planned.id };
}

function notRepeatable(): KeywhenError {
  return invalidOption(
    'A chosen deliveryId needs "at", not "in": with "in", each call has another due instant, so repeating the call would store another event. Calculate the instant once and repeat the call with it, or leave deliveryId out.',
  );
}
