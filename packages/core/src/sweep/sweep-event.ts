import type { EventId } from "../scheduler/scheduled-event.js";
import type { ObjectRef } from "../store/object-store.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import type { SweepReport } from "./sweep-report.js";

/** What a sweep tells while it goes on. */
export type SweepEvent =
  | {
      readonly type: "delivered";
      readonly id: EventId;
      readonly to: ObjectRef;
      /** Bytes of the body. */
      readonly size: number;
      readonly latenessMs: number;
    }
  | { readonly type: "retrying"; readonly id: EventId; readonly error: ObjectStoreError }
  | { readonly type: "undeleted"; readonly id: EventId; readonly error: ObjectStoreError }
  | { readonly type: "refused"; readonly id: EventId; readonly to: ObjectRef }
  | { readonly type: "foreign"; readonly key: string }
  /** The store throttles: so many copies at once from now on. */
  | { readonly type: "slowed"; readonly concurrency: number }
  /** A page after the first could not be read: what lies behind it is the next sweep's. */
  | { readonly type: "list-failed"; readonly error: unknown }
  | { readonly type: "swept"; readonly report: SweepReport };

/** If it throws, delivery goes on and the report keeps the first error. */
export type Observer = (event: SweepEvent) => void;

/** An observer that writes to a console or any logger with its methods, such as Powertools'. */
export function logTo(log: Pick<Console, "debug" | "info" | "warn" | "error">): Observer {
  return (event) => {
    const { type, ...fields } = event;
    log[LEVELS[type]](`keywhen: ${type}`, fields);
  };
}

const LEVELS = {
  delivered: "debug",
  foreign: "debug",
  retrying: "warn",
  undeleted: "error",
  refused: "warn",
  slowed: "info",
  "list-failed": "error",
  swept: "info",
} as const;
