import { checkOptionNames } from "@keywhen/core/internal";
import type { DeliveryFailure, NotifiedObject } from "./notified-object.js";
import { readNotification } from "./read-notification.js";

export interface ParseNotificationOptions {
  /** Called for each message that can't be read; the others are returned. @default throws the first error */
  readonly onFailure?: ((failure: DeliveryFailure) => void) | undefined;
}

/**
 * Returns the objects that a notification says were created, with their keys decoded: S3 events (of AWS, MinIO and
 * Ceph), in SNS, in SQS or in SNS in SQS, or by EventBridge (also by way of CloudTrail); Pub/Sub messages of Cloud
 * Storage; Azure Event Grid in both schemas. It may be parsed JSON, its text or its bytes. Returns none for test events,
 * handshakes, deletions, and changes of an object's tags, metadata, retention or rights. Throws `invalid-notification` for
 * anything else. Pure.
 */
export function parseNotification(
  notification: unknown,
  options: ParseNotificationOptions = {},
): readonly NotifiedObject[] {
  checkOptionNames(options, ["onFailure"], "parseNotification()");
  const objects: NotifiedObject[] = [];
  for (const reading of readNotification(notification)) {
    if (!("error" in reading)) objects.push(reading);
    else if (options.onFailure === undefined) throw reading.error;
    else options.onFailure(reading);
  }
  return objects;
}
