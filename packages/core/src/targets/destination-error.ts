import type { DestinationErrorCode } from "../errors.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import { isErrorWith } from "../values.js";

export interface DestinationErrorDetails {
  readonly code: DestinationErrorCode;
  readonly destination: string;
  readonly key: string;
  readonly message: string;
  readonly cause?: unknown;
  /** The receiver may have the event all the same. */
  readonly undecided: boolean;
}

/** Why a destination has not delivered an event. */
export class DestinationError extends Error {
  /** For the stack trace in a minified bundle. */
  static override readonly name: string = "DestinationError";
  override readonly name = "DestinationError";
  readonly code: DestinationErrorCode;
  /** The receiver may have the event all the same. */
  readonly undecided: boolean;
  readonly destination: string;
  /** The event's target key. */
  readonly key: string;

  constructor({ code, destination, key, message, cause, undecided }: DestinationErrorDetails) {
    super(`${destination}/${key}: ${message}`, { cause });
    this.code = code;
    this.undecided = undecided;
    this.destination = destination;
    this.key = key;
  }
}

export function isDestinationError(error: unknown): error is DestinationError {
  return isErrorWith(error, "DestinationError", "undecided");
}

/** Why a try to deliver an event failed: the store's answer to a copy, or the destination's. */
export type DeliveryError = ObjectStoreError | DestinationError;
