/**
 * Events by names of your own: at most one waits under each name (upsert, debounce).
 *
 * @packageDocumentation
 */
export {
  createNamedEvents,
  type NamedCallOptions,
  type NamedEvents,
} from "./names/create-named-events.js";
export type { NewNamedEvent } from "./names/new-named-event.js";
export type { PutNamedResult } from "./names/put-named.js";
export type { RemoveEndedResult } from "./names/remove-ended.js";
