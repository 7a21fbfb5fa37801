import type { RequestKind } from "../store/object-store-error.js";
import type { SweepEvent } from "./sweep-event.js";

/** @inline */
type EveryReport = {
  /** On the wire, by kind. */
  readonly requests: Readonly<Record<RequestKind, number>>;
  readonly durationMs: number;
  /**
   * Where there are several: what became of the shards. `pending/` counts as one. A whole sweep is `held` only if it had nothing
   * else to do.
   */
  readonly shards?:
    | {
        readonly swept: number;
        /** Another sweeper is at work there. */
        readonly held: number;
        /** Could not be listed, or their lease not be read or written. */
        readonly failed: number;
      }
    | undefined;
  /** Which shard this is of, two hex digits, where each is swept by itself (`start()`). */
  readonly shard?: string | undefined;
  /** The first error of the observer since the last report: thrown, or rejected by a promise that it returned. Delivery went on. */
  readonly observerError?: unknown;
};

/** What one sweep saw and did, or that another sweeper is at work (`held`), so that nothing was done. Fields are only ever added. */
export type SweepReport = EveryReport &
  (
    | {
        readonly outcome: "swept";
        /** Keys on the pages that were read, up to the last one due. */
        readonly listed: number;
        /** Objects under the prefix that are not events. They are never touched. */
        readonly unrecognized: number;
        readonly due: number;
        /** Copies confirmed at their targets, and events that their destinations have taken. */
        readonly delivered: number;
        /** Found at their targets, where an earlier sweep had copied them; only deleted. */
        readonly alreadyDelivered: number;
        /** Had left the schedule before the copy: cancelled, or delivered by another sweeper. */
        readonly gone: number;
        /** Wake-ups of recurring schedules that were void, or whose occurrence came too late. */
        readonly passedOver: number;
        /** Due wake-ups of recurring schedules, which this sweeper leaves to another one: it was created without `wakeUps`. */
        readonly wakeUpsLeft: number;
        /** Failed, now or earlier, and wait for their next try; or had no turn behind a slow bucket or destination. */
        readonly retrying: number;
        /** Wait behind an older event of the same target that failed. */
        readonly blocked: number;
        /** Can't be delivered, and were moved to the dead letters. */
        readonly dead: number;
        /** Were not delivered in time (`expiresAfter`), and were moved to the dead letters. `dead` does not count them. */
        readonly expired: number;
        /** Can't be delivered, and stay in the schedule because of `circuitOpen`. */
        readonly leftInPlace: number;
        /** Delivered, but not certainly deleted: the next sweep looks for them at their targets. */
        readonly undeleted: number;
        /** The last try was not answered, so it may or may not have arrived; the next one looks, if it can, and tries again. */
        readonly undecided: number;
        /** How often a destination wanted no events for some time, or noticeably longer than it had said. Nothing else waited. */
        readonly destinationPauses: number;
        /**
         * Why the sweep ended before everything due was tried: its deadline, the caller's signal, a lease that could not be kept, a
         * delete that was denied (copying on would deliver everything again in the next sweep), a clock that is ahead of the store's
         * (events would be early), or a listing that failed midway.
         */
        readonly truncated:
          | false
          | "deadline"
          | "aborted"
          | "lease-lost"
          | "denied"
          | "clock-skew"
          | "list-failed";
        /** The id of the first due event that was not tried, if the sweep was truncated. */
        readonly firstUntriedId: string | undefined;
        /** The first error of each kind, at most five: why events were refused, failed or became dead letters. */
        readonly errors: readonly {
          readonly type: SweepEvent["type"];
          /** The error code of the store or the destination, or why an event was refused. */
          readonly code: string | undefined;
          readonly message: string;
        }[];
        /**
         * `allowTargets` allows none of the events that are due; or more than a hundred of them, and more than half, can
         * never be delivered. That is a mistake in the configuration, so they were left and not moved to the dead letters.
         */
        readonly circuitOpen: boolean;
        /** There were more targets than could be tracked: the order within a target is not certain. */
        readonly orderUncertain: boolean;
        /** How late deliveries began: from the due instant to the start of the copy, or of the call of the destination. */
        readonly latenessMs:
          | {
              readonly min: number;
              readonly median: number;
              readonly p99: number;
              readonly max: number;
            }
          | undefined;
        /** The due instant of the oldest due event that this sweep leaves waiting. */
        readonly oldestDueAt: Date | undefined;
        /**
         * How the sweep came to be the only one: `taken` and `waited` (for another sweeper) by the lease, `none` because nothing was
         * due, `lost` before it ended, `unsupported` on a store that can't have one: there every event is looked for at its target
         * first, and two sweepers at the same time can deliver it twice.
         */
        readonly lease: "unsupported" | "none" | "taken" | "waited" | "lost";
        /** How far this machine's clock is ahead of the store's; `undefined` if unknown. */
        readonly skewMs: number | undefined;
        /** The most copies that were in flight at the same time. */
        readonly concurrencyReached: number;
        /** Nothing was delivered: the sweep only counted what is due. */
        readonly dryRun: boolean;
      }
    | {
        readonly outcome: "held";
        /** The holder of the lease. */
        readonly by: string;
        /** When it ends if it isn't renewed, by the store's clock. */
        readonly expiresAt: Date;
      }
  );

export type SweptReport = Extract<SweepReport, { readonly outcome: "swept" }>;
export type HeldReport = Extract<SweepReport, { readonly outcome: "held" }>;
export type TruncatedReason = Exclude<SweptReport["truncated"], false>;
export type LeaseUse = SweptReport["lease"];
export type LatenessMs = NonNullable<SweptReport["latenessMs"]>;
export type SweepError = SweptReport["errors"][number];
