/**
 * What delivers events by another way than a copy: see `destinations` of `createSweeper()`. `proveDestination()` of
 * `@keywhen/store-conformance/destination` tests one.
 *
 * @packageDocumentation
 */
export type { DestinationErrorCode } from "./errors.js";
export type {
  Destination,
  DestinationEvent,
  DestinationResult,
  OpenEvent,
  OpenedEvent,
} from "./targets/destination.js";
export { type DeliveryError, DestinationError } from "./targets/destination-error.js";
