import type { ObjectRef } from "@keywhen/core/store";

/** An object that a notification says was created. */
export interface NotifiedObject extends ObjectRef {
  /**
   * The message that named it: of SQS, SNS, EventBridge, Pub/Sub or Event Grid, the outermost one if they are nested.
   * `undefined` if it came without a message, as from a bucket to a Lambda function or a webhook.
   */
  readonly messageId: string | undefined;
}

/** A message that can't be read, or an object that can't be opened. */
export interface DeliveryFailure {
  /** The message that failed; `undefined` if it has no id. */
  readonly messageId: string | undefined;
  /** The object; `undefined` if the message can't be read. */
  readonly object?: ObjectRef | undefined;
  /** `invalid-notification`, or the store's error. */
  readonly error: unknown;
}
