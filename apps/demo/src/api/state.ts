/** Requests on the wire since this server started, by kind: its sweeper's, its look-outs' and the page's own. */
export interface RequestCounts {
  readonly list: number;
  readonly head: number;
  readonly get: number;
  readonly put: number;
  readonly copy: number;
  readonly move: number;
  readonly delete: number;
}

/** What the requests cost so far. Missing where nobody charges for them (a folder) or no price is known. */
export interface Spending {
  readonly dollars: number;
  /** Of which list of prices, such as `S3 us-east-1, 2026-11`. */
  readonly pricesOf: string;
}

/** What this server knows to wait. It looks at the nearest `WATCHED_EVENTS` only. */
export interface Counts {
  readonly waiting: number;
  /** There are, or may be, more than that. */
  readonly waitingIsMore: boolean;
  readonly dead: number;
  readonly deadIsMore: boolean;
  /** Since this server started. */
  readonly delivered: number;
}

/** The last sweep that ended here. Other fields of core's `SweepReport` follow, with instants as texts. */
export interface SweepSummary {
  readonly endedAt: string;
  readonly outcome: "swept" | "held";
  /** `held`: who is at work. */
  readonly by?: string;
  readonly delivered?: number;
  readonly due?: number;
  readonly retrying?: number;
  readonly dead?: number;
  readonly unrecognized?: number;
  readonly leftInPlace?: number;
  readonly undeleted?: number;
  readonly undecided?: number;
  /** None of the due events may be delivered, or less than half. The others stay: the configuration is wrong. */
  readonly circuitOpen?: boolean;
  /** The first error of each kind: why events were refused, failed or became dead letters. */
  readonly errors?: readonly SweepTrouble[];
  readonly truncated?: false | string;
  readonly latenessMs?: {
    readonly min: number;
    readonly median: number;
    readonly p99: number;
    readonly max: number;
  };
  readonly oldestDueAt?: string;
  readonly lease?: string;
  readonly skewMs?: number;
  readonly durationMs: number;
  readonly requests: RequestCounts;
}

/** An error in a sweep's report. */
interface SweepTrouble {
  /** What happened to the event, such as `refused` or `failed`. */
  readonly type: string;
  readonly code?: string;
  readonly message: string;
}

/** A sweeper that holds the lease, or a part of it. */
export interface LeaseHolder {
  /** Like `web-1 pid 4711`. */
  readonly owner: string;
  /** It delivers what is due before this instant. */
  readonly until: string;
  /** It is taken for dead from then on, if it doesn't renew. */
  readonly expiresAt: string;
  /** It is this server. */
  readonly isHere: boolean;
}

export interface SweeperState {
  /**
   * `here`: this server delivers (others may as well: see `holders`). `elsewhere`: another sweeper holds the
   * lease. `stopped`: nobody sweeps, as far as the lease tells. `unknown`: the store can't have a lease, so
   * another one may or may not sweep.
   */
  readonly at: "here" | "elsewhere" | "stopped" | "unknown";
  /** This server's own sweeper is on. If `at` is `elsewhere` it stands by. */
  readonly isStarted: boolean;
  readonly holders: readonly LeaseHolder[];
  /** Looked up at this instant; missing before the first look. */
  readonly lookedAt?: string;
  readonly lastSweep?: SweepSummary;
  /** What ended this server's sweeper, or made its last sweep impossible. */
  readonly failure?: { readonly code: string; readonly message: string; readonly at: string };
  /** How often it looks for what is scheduled at short notice. */
  readonly pollMs: number;
}

/** `GET /api/state`. */
export interface DemoState {
  readonly store: {
    /** As it was given; store URLs hold no secrets. */
    readonly url: string;
    /** The URL's scheme: `file`, `s3`, `minio`, `gs`, `azure` or another one's. */
    readonly kind: string;
    readonly bucket: string;
    readonly root: string;
    /** Bytes that a key may have: a target's key must fit into an event's. */
    readonly keyBytes: number;
  };
  readonly readOnly: boolean;
  /** Whether this server may sweep: it was told which targets it may write to. */
  readonly canSweep: boolean;
  /** Targets it may deliver to: `bucket/*`, `bucket/prefix/*`, `bucket/key`, `*`. */
  readonly allow: readonly string[];
  /** So long before it is due an event closes: no cancel and no reschedule from then on. */
  readonly guardMs: number;
  /** To correct the page's clock by. */
  readonly serverTime: string;
  readonly startedAt: string;
  readonly sweeper: SweeperState;
  readonly counts: Counts;
  readonly requests: RequestCounts;
  readonly spending?: Spending;
  /** The last look at the store failed: what is shown may be old. */
  readonly trouble?: { readonly code: string; readonly message: string; readonly at: string };
}

/** So many waiting events, the nearest ones, are looked after for changes that others make. */
export const WATCHED_EVENTS = 10_000;
/** Bodies that `POST /api/events` takes are at most so long. */
export const LARGEST_BODY_BYTES = 100_000_000;
