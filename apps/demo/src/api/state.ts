import type { Requests } from "@keywhen/core/store";
import type { Delivery, WaitingEvent } from "./events.js";

/** The body of every answer with a status from 400. */
export interface ApiErrorBody {
  readonly error: {
    /** For programs: `invalid-request`, `invalid-time`, `read-only`, `not-found`, `denied`, … */
    readonly code: string;
    /** One line: what is wrong. */
    readonly message: string;
    /** What to do about it. */
    readonly hint?: string | undefined;
  };
}

export interface LiveError {
  readonly code: string;
  readonly message: string;
}

/** An error and when it happened. */
export interface Trouble extends LiveError {
  readonly at: string;
}

/** The cost of the requests so far. Missing where they are free (a folder) or no price is known. */
export interface Spending {
  readonly dollars: number;
  /** The list of prices, such as `S3 Standard, us-east-1, 2026-11`. */
  readonly pricesOf: string;
}

/** The events that this server knows. It watches only the nearest `WATCHED_EVENTS`. */
export interface Counts {
  readonly waiting: number;
  /** There are, or may be, more. */
  readonly waitingIsMore: boolean;
  readonly dead: number;
  readonly deadIsMore: boolean;
  /** Since this server started, and those that it found in the journal. */
  readonly delivered: number;
}

/** The number of waiting events, the nearest ones, that are watched for changes by other programs. */
export const WATCHED_EVENTS = 10_000;

/** The last sweep that ended here, with all fields of core's `SweepReport`. */
export interface SweepSummary {
  readonly endedAt: string;
  readonly outcome: "swept" | "held";
  /** `held`: the sweeper at work. */
  readonly by?: string;
  readonly delivered?: number;
  readonly due?: number;
  readonly retrying?: number;
  readonly dead?: number;
  readonly expired?: number;
  readonly unrecognized?: number;
  readonly leftInPlace?: number;
  readonly undeleted?: number;
  readonly undecided?: number;
  /** The targets of most due events are not allowed, so they were left in place: the configuration is wrong. */
  readonly circuitOpen?: boolean;
  /** The first error of each kind: why events were refused, failed or became dead letters. */
  readonly errors?: readonly SweepTrouble[];
  readonly truncated?: false | string;
  readonly latenessMs?: SweepLateness | undefined;
  readonly oldestDueAt?: string | undefined;
  readonly lease?: string;
  readonly skewMs?: number | undefined;
  readonly durationMs: number;
  readonly requests: Requests;
}

interface SweepLateness {
  readonly min: number;
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

/** An error in a sweep's report. */
interface SweepTrouble {
  /** What happened to the event, such as `refused` or `failed`. */
  readonly type: string;
  readonly code?: string | undefined;
  readonly message: string;
}

/** A sweeper that holds the lease, or a part of it. */
export interface LeaseHolder {
  /** Such as `web-1 pid 4711`. */
  readonly owner: string;
  /** It delivers what is due before this instant. */
  readonly until: string;
  /** Without a renewal, its lease ends then. */
  readonly expiresAt: string;
  /** It is this server. */
  readonly isHere: boolean;
}

export interface SweeperState {
  /**
   * `here`: this server delivers (others may deliver too: see `holders`). `elsewhere`: another sweeper holds the lease.
   * `stopped`: no sweeper holds the lease. `unknown`: the store can't have a lease, so another sweeper may run.
   */
  readonly at: "here" | "elsewhere" | "stopped" | "unknown";
  /** This server's sweeper is on. If `at` is `elsewhere` it waits for its turn. */
  readonly isStarted: boolean;
  readonly holders: readonly LeaseHolder[];
  /** The time of the last look at the lease. */
  readonly lookedAt?: string | undefined;
  readonly lastSweep?: SweepSummary | undefined;
  /** What ended this server's sweeper, or made its last sweep impossible. */
  readonly failure?: Trouble | undefined;
  /** How often it looks for events scheduled at short notice. */
  readonly pollMs: number;
}

/** `GET /api/state`. */
export interface DemoState {
  readonly store: {
    /** Store URLs contain no secrets. */
    readonly url: string;
    /** The URL's scheme: `file`, `s3`, `minio`, `gs`, `azure` or another one. */
    readonly kind: string;
    readonly bucket: string;
    readonly root: string;
    /** The longest key of the store, which limits the key of a target. */
    readonly keyBytes: number;
  };
  readonly readOnly: boolean;
  /** Whether this server may sweep, because it has allowed targets. */
  readonly canSweep: boolean;
  /** Targets that it may deliver to: `bucket/*`, `bucket/prefix/*`, `bucket/key`, `*`. */
  readonly allow: readonly string[];
  /** How long before it is due an event closes: from then on it can't be cancelled or moved. */
  readonly guardMs: number;
  /** For correcting the page's clock. */
  readonly serverTime: string;
  readonly startedAt: string;
  readonly sweeper: SweeperState;
  readonly counts: Counts;
  /** All requests to the store since this server started, those for the page included. */
  readonly requests: Requests;
  readonly spending?: Spending | undefined;
  /** The error of the last look at the store, if it failed: the page may be out of date. */
  readonly trouble?: Trouble | undefined;
  /** Why the journal could not be read at the start: deliveries from before it are missing. */
  readonly historyTrouble?: Trouble | undefined;
}

/**
 * The data of `GET /api/live`: unnamed server-sent events, each with one of these as JSON. Each can be sent again for the
 * same event, so apply them as "put" and "delete" and do not count them.
 */
export type LiveEvent =
  /** The first one on every connection, unless `Last-Event-ID` resumes it. */
  | { readonly type: "state"; readonly state: DemoState }
  /** Some changes are not known any more: load the lists again. A `state` follows. */
  | { readonly type: "reset" }
  /** It waits. Any program may have scheduled it. */
  | { readonly type: "scheduled"; readonly event: WaitingEvent }
  | { readonly type: "cancelled"; readonly id: string }
  /** `id` has become `event`. */
  | { readonly type: "rescheduled"; readonly id: string; readonly event: WaitingEvent }
  | { readonly type: "delivered"; readonly delivery: Delivery }
  /** An attempt failed; a later sweep tries again. */
  | { readonly type: "failed"; readonly id: string; readonly error: LiveError }
  /** Its target is not allowed, and it was left in place: see `circuitOpen` of the sweep. */
  | { readonly type: "refused"; readonly id: string; readonly error: LiveError }
  /** It is a dead letter now. */
  | {
      readonly type: "dead";
      readonly id: string;
      readonly reason: string;
      readonly error?: LiveError | undefined;
    }
  /** A dead letter waits again. */
  | { readonly type: "redriven"; readonly id: string; readonly event: WaitingEvent }
  /** A dead letter was deleted. */
  | { readonly type: "purged"; readonly id: string }
  /** It does not wait any more: another program cancelled or moved it, or it was delivered and consumed. */
  | { readonly type: "gone"; readonly id: string }
  | { readonly type: "swept"; readonly report: SweepSummary }
  | { readonly type: "sweeper"; readonly sweeper: SweeperState }
  | { readonly type: "counts"; readonly counts: Counts }
  /** At most once a second. */
  | ({ readonly type: "requests" } & Usage);

/** The requests so far, and their cost. */
export interface Usage {
  readonly requests: Requests;
  readonly spending?: Spending | undefined;
}
