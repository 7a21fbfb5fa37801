import type { Destination } from "@keywhen/core/destination";

/** What a receiver does with the events that come from now on. */
export type ReceiverAnswer =
  /** It takes them and confirms that. */
  | "take"
  /** It reads them and fails. */
  | "fail"
  /** It will never take them. */
  | "reject"
  /** It wants no events for now. */
  | "slow-down"
  /** It reads them and does not answer. */
  | "never";

/** An event that a receiver has taken. */
export interface ReceivedEvent {
  readonly body: Uint8Array;
  readonly key: string;
  /** The idempotency key that the receiver saw. */
  readonly deliveryId: string;
  /** Left out if the destination does not pass it on. */
  readonly contentType?: string | undefined;
  /** Left out if the destination does not pass it on. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** The destination to prove, and its receiver. */
export interface OpenedDestination {
  readonly destination: Destination;
  /** Sets what the receiver does from now on; at first it takes every event. */
  readonly answer: (how: ReceiverAnswer) => void;
  /** The events that it has taken, in order. */
  readonly received: () => readonly ReceivedEvent[];
  /** Called after each proof. */
  readonly close: () => Promise<unknown>;
}
