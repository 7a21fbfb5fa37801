import type { Clock } from "../clock.js";
import { checkChoosable } from "../codec/choosable-id.js";
import { codecV1 } from "../codec/codec-v1.js";
import { randomDeliveryId } from "../codec/delivery-id.js";
import { asEventId, type EventId } from "../codec/event-id.js";
import { checkDeliveryId, checkScheduleKey, checkTarget } from "../codec/key-limits.js";
import { checkRoot, DEFAULT_ROOT } from "../codec/root.js";
import { type RandomSource, systemRandom } from "../random.js";
import type { NameLimits, ObjectRef } from "../store/object-store.js";
import { systemClock } from "../system-clock.js";
import { type When, whenMs } from "./when.js";

/** S3's limits, which hold for nearly every store; a store with lower ones refuses the key itself. */
const COMMON_LIMITS: NameLimits = { keyBytes: 1_024, bucketCharacters: 255 };

export interface PendingKeyOptions {
  /** @default "keywhen" */
  readonly root?: string | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
  /** @default the platform's cryptographic source */
  readonly random?: RandomSource | undefined;
}

/**
 * The key under which an event waits: whatever writes an object there schedules it (codec v1). Pure but
 * for the clock and the random delivery id. Throws `invalid-time`, `invalid-duration`, `invalid-target`,
 * `invalid-id` and `key-too-long`.
 */
export function pendingKey(
  event: When & { readonly to: ObjectRef; readonly deliveryId?: string | undefined },
  options: PendingKeyOptions = {},
): { readonly key: string; readonly id: EventId } {
  const { clock = systemClock, random = systemRandom } = options;
  const root = checkRoot(options.root ?? DEFAULT_ROOT);
  const atMs = whenMs(event, clock);
  checkTarget(event.to, COMMON_LIMITS);
  if (event.deliveryId !== undefined) checkChoosable(event);
  const deliveryId = event.deliveryId ?? randomDeliveryId(random);
  checkDeliveryId(deliveryId);
  const id = codecV1.encode({ atMs, to: event.to, deliveryId, suffix: undefined });
  const key = codecV1.pendingPrefix(root) + id;
  checkScheduleKey(key, { ...event.to, deliveryId }, COMMON_LIMITS, true);
  return { key, id: asEventId(id) };
}
