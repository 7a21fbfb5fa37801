import type { EventId } from "../key/key-codec.js";
import type { Requests } from "../requests/wrap-store.js";
import type { ObjectRef } from "../store/object-store.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import type { DeliveryError } from "../targets/destination-error.js";
import type { LeaseUse, SweepReport, TruncatedReason } from "./sweep-report.js";

/** Why an event that is due stays in the schedule without a try. @inline */
export type LeftReason =
  /** It failed before and waits for its next try. */
  | "backing-off"
  /** An older event of the same target failed. */
  | "blocked"
  /**
   * Too many events wait for a bucket or a destination that fails slowly. Or its destination wants none for now, or may take longer
   * than the sweep has left. Or older events of its target must be listed again first.
   */
  | "postponed"
  /** The sweep ended before. */
  | "untried";

/** The facts about a sweep of one partition as a whole, once it has ended. @inline */
export interface SweepEnd {
  readonly truncated: false | TruncatedReason;
  readonly circuitOpen: boolean;
  readonly orderUncertain: boolean;
  readonly lease: LeaseUse;
  readonly skewMs: number | undefined;
  readonly concurrencyReached: number;
  readonly requests: Requests;
  readonly durationMs: number;
  readonly dryRun: boolean;
}

/** A due event that stays in the schedule. */
interface Staying {
  readonly id: EventId;
  readonly dueAt: Date;
}

/** Why an event can't be delivered. */
interface Rejection {
  readonly reason: DeadLetterReason;
  /** The error of its last try, if it had one. */
  readonly error: DeliveryError | undefined;
  /** The same in words, or why it had no try. */
  readonly message: string;
}

/** What a sweep reports while it goes on. Its report is made of exactly these. */
export type SweepEvent =
  /** A page of the first listing, up to the last key that is due. */
  | { readonly type: "listed"; readonly keys: number }
  /** This many more events are due. */
  | { readonly type: "due"; readonly count: number }
  /** The schedule is listed again: every event that stays is counted again. */
  | { readonly type: "relisted" }
  /** An event that is due stays in the schedule without a try. */
  | ({ readonly type: "left"; readonly reason: LeftReason } & Staying)
  /**
   * A destination had too many events, so these stay in the schedule without a try: `count` of them, the oldest due at `dueAt`, as
   * far as the last listing shows. Reported when the sweep ends.
   */
  | {
      readonly type: "postponed";
      readonly destination: string;
      readonly count: number;
      readonly dueAt: Date;
    }
  /** An event had left the schedule before the copy: cancelled, or delivered by another sweeper. */
  | { readonly type: "gone"; readonly id: EventId }
  | {
      readonly type: "delivered";
      readonly id: EventId;
      readonly to: ObjectRef;
      /** Bytes of the body. */
      readonly size: number;
      /** `destination`: by the one that has the name of the target's bucket. */
      readonly by: "copy" | "move" | "destination";
      readonly latenessMs: number;
    }
  /** An earlier sweep had copied it: it was only deleted. */
  | { readonly type: "already-delivered"; readonly id: EventId; readonly to: ObjectRef }
  /** A wake-up of a recurring schedule that is void by now, or whose occurrence came too late. It was only deleted. */
  | { readonly type: "passed-over"; readonly id: EventId }
  /** A wake-up that this sweeper leaves to another one, because it was created without `wakeUps`. */
  | { readonly type: "wake-up-left"; readonly id: EventId }
  /** A copy without an answer was not found at its target, and is sent again. */
  | { readonly type: "repeated"; readonly id: EventId; readonly error: ObjectStoreError }
  /** A try failed; a later sweep tries again. `error.undecided`: it may have been delivered. */
  | ({
      readonly type: "failed";
      readonly error: DeliveryError;
      /**
       * When the next try is due, at the latest, by the store's clock: a sweep after this instant tries it. It can be over already, if
       * the try took long. `undefined`: the next sweep, or unknown.
       */
      readonly nextTryAt?: Date | undefined;
    } & Staying)
  /** Delivered, but not certainly deleted. */
  | ({ readonly type: "undeleted"; readonly error: ObjectStoreError } & Staying)
  /** Moved to the dead letters. */
  | ({ readonly type: "dead"; readonly id: EventId } & Rejection)
  /** No delivery had started by `expiredAt` (`expiresAfter`), as `message` says. Moved to the dead letters. */
  | {
      readonly type: "expired";
      readonly id: EventId;
      readonly expiredAt: Date;
      readonly message: string;
    }
  /** Can't be delivered, and stays in the schedule: see `circuitOpen` of the report. */
  | ({ readonly type: "refused"; readonly to: ObjectRef } & Staying & Rejection)
  | { readonly type: "unrecognized"; readonly key: string }
  /** The store throttles: from now on at most `concurrency` copies are in flight. */
  | { readonly type: "slowed"; readonly concurrency: number }
  /** A destination wants no events before `until`, by this machine's clock, as `message` says. Reported once for each pause, and
   * again if a later answer moves its end by a second and a quarter of the pause. */
  | {
      readonly type: "destination-paused";
      readonly destination: string;
      readonly until: Date;
      readonly message: string;
    }
  /** This sweep alone delivers what is due before an instant. */
  | { readonly type: "lease-taken"; readonly until: Date }
  /** This store can't have a lease: run only one sweeper. Reported once by each sweeper. */
  | { readonly type: "lease-unsupported" }
  /** The lease object was not a lease. It is replaced, and the target of every event due by now is checked before a copy. */
  | { readonly type: "lease-unreadable" }
  /** The lease could not be released: other sweepers wait until it expires, a minute later. */
  | { readonly type: "lease-unreleased"; readonly error: ObjectStoreError }
  /** The object `shards.json` is not a shard map, or a later version wrote it. All 256 shards are swept, in case they contain events. */
  | { readonly type: "shard-map-unreadable" }
  /** One of several shards could not be swept (`undefined`: `pending/`); the others were. */
  | {
      readonly type: "shard-failed";
      readonly shard: number | undefined;
      readonly error: ObjectStoreError;
    }
  /** A page after the first could not be read: the next sweep delivers the rest. */
  | { readonly type: "list-failed"; readonly error: unknown }
  /** No sweep was possible. `sweep()` rejects with the error; what `start()` began tries again, if that can help. */
  | { readonly type: "sweep-failed"; readonly error: unknown }
  /** Lines of the journal are stored under this key (`journal: true`). */
  | { readonly type: "journal-written"; readonly key: string; readonly lines: number }
  /** These lines of the journal could not be stored, and are lost. Delivery went on. */
  | { readonly type: "journal-failed"; readonly lines: number; readonly error: ObjectStoreError }
  /** A sweep of one partition has ended. */
  | ({ readonly type: "ended" } & SweepEnd)
  | { readonly type: "swept"; readonly report: SweepReport };

/**
 * Why an event became a dead letter: it failed for longer than `maxAge`; its destination rejected it; or it can never work
 * because its target is outside `allowTargets` or is a name that the store can't have.
 *
 * @inline
 */
export type DeadLetterReason = "max-age" | "rejected" | "target-not-allowed" | "target-invalid";

/**
 * A function that is called with each event. The sweep does not wait for it. If it throws, or returns a promise that rejects,
 * delivery goes on and the next report has the first of these errors (`observerError`).
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
  listed: "debug",
  due: "debug",
  relisted: "debug",
  left: "debug",
  postponed: "debug",
  gone: "debug",
  "passed-over": "debug",
  "wake-up-left": "warn",
  ended: "debug",
  delivered: "debug",
  "already-delivered": "info",
  unrecognized: "debug",
  repeated: "info",
  failed: "warn",
  undeleted: "error",
  dead: "error",
  expired: "warn",
  refused: "error",
  slowed: "info",
  "destination-paused": "info",
  "lease-taken": "debug",
  "lease-unsupported": "warn",
  "lease-unreadable": "error",
  "lease-unreleased": "warn",
  "shard-map-unreadable": "error",
  "shard-failed": "error",
  "list-failed": "error",
  "sweep-failed": "error",
  "journal-written": "debug",
  "journal-failed": "warn",
  swept: "info",
} as const;
