import type { EventId } from "../../scheduler/scheduled-event.js";
import type { ObjectRef } from "../../store/object-store.js";
import type { ObjectStoreError } from "../../store/object-store-error.js";
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
  /** An earlier sweep had copied it: it was only deleted. */
  | { readonly type: "already-delivered"; readonly id: EventId; readonly to: ObjectRef }
  /** A copy without an answer, which was looked for at its target and isn't there, is sent once more. */
  | { readonly type: "repeated"; readonly id: EventId; readonly error: ObjectStoreError }
  | { readonly type: "retrying"; readonly id: EventId; readonly error: ObjectStoreError }
  | { readonly type: "undeleted"; readonly id: EventId; readonly error: ObjectStoreError }
  /** Moved to the dead letters; `error`: what its last try met, if it had one. */
  | {
      readonly type: "dead";
      readonly id: EventId;
      readonly reason: DeadReason;
      readonly error: ObjectStoreError | undefined;
    }
  | {
      readonly type: "refused";
      readonly id: EventId;
      readonly to: ObjectRef;
      readonly reason: DeadReason;
      /** Why it may not be delivered, in one clause. */
      readonly message: string;
    }
  | { readonly type: "foreign"; readonly key: string }
  /** The store throttles: so many copies at once from now on. */
  | { readonly type: "slowed"; readonly concurrency: number }
  /** This sweep alone delivers what is due before an instant. */
  | { readonly type: "lease-taken"; readonly until: Date }
  /** This store can't have a lease: run one sweeper at a time. Said once by a sweeper. */
  | { readonly type: "lease-unsupported" }
  /** The lease object was no lease; it is written anew, and every event due by now is looked for first. */
  | { readonly type: "lease-unreadable" }
  /** The lease could not be let go: other sweepers wait until it ends by itself, a minute later. */
  | { readonly type: "lease-unreleased"; readonly error: ObjectStoreError }
  /** The layout object is no layout, or one of a later version: all 256 shards are swept, in case events are there. */
  | { readonly type: "layout-unreadable" }
  /** One of several shards could not be swept, `undefined` being `pending/`; the others were. */
  | {
      readonly type: "shard-failed";
      readonly shard: number | undefined;
      readonly error: ObjectStoreError;
    }
  /** A page after the first could not be read: what lies behind it is the next sweep's. */
  | { readonly type: "list-failed"; readonly error: unknown }
  /** No sweep was possible. `sweep()` rejects with the error; what `start()` began tries again, if that can help. */
  | { readonly type: "sweep-failed"; readonly error: unknown }
  | { readonly type: "swept"; readonly report: SweepReport };

/**
 * Why an event was given up: it failed for longer than `maxAge`, or can never work because its target is
 * outside `allowTargets` or is a name that the store can't have.
 */
export type DeadReason = "max-age" | "target-not-allowed" | "target-invalid";

/**
 * Is called with each event and not waited for. If it throws, or returns a promise that rejects, delivery goes on and
 * the next report has the first of these errors (`observerError`).
 */
export type Observer = (event: SweepEvent) => unknown;

/** An observer that writes to a console or any logger with its methods, such as Powertools'. */
export function logTo(log: Pick<Console, "debug" | "info" | "warn" | "error">): Observer {
  return (event) => {
    const { type, ...fields } = event;
    return log[LEVELS[type]](`keywhen: ${type}`, fields);
  };
}

const LEVELS = {
  delivered: "debug",
  "already-delivered": "info",
  foreign: "debug",
  repeated: "info",
  retrying: "warn",
  undeleted: "error",
  dead: "error",
  refused: "error",
  slowed: "info",
  "lease-taken": "debug",
  "lease-unsupported": "warn",
  "lease-unreadable": "error",
  "lease-unreleased": "warn",
  "layout-unreadable": "error",
  "shard-failed": "error",
  "list-failed": "error",
  "sweep-failed": "error",
  swept: "info",
} as const;
