/**
 * Proves that a `Destination` of `@keywhen/core/destination` keeps its promises: it is done when these tests pass.
 *
 * @packageDocumentation
 */
export type {
  OpenedDestination,
  ReceivedEvent,
  ReceiverAnswer,
} from "./destinations/opened-destination.js";
export {
  type ProveDestinationOptions,
  proveDestination,
} from "./destinations/prove-destination.js";
