import type { Requests } from "@keywhen/core/store";
import { deliveriesOf, type MonthOfUse, type ResolvedUse, resolveUse } from "./month-of-use.js";

/** 730 hours, as AWS counts. */
export const MONTH_MS = 730 * 3_600_000;

const PAGE = 1_000;
const BATCH = 1_000;
/** The number of events not yet due that a sweep that looks ahead keeps. It lists no further. */
const MOST_UPCOMING = 10_000;
/** The lease is renewed at half its 60 s. */
const RENEWAL_MS = 30_000;
/** Deletes are sent at most a second after the oldest copy. */
const DELETE_PAUSE_MS = 1_000;
/** How often each sweeper reads the shard map. */
const SHARD_MAP_READ_MS = 600_000;
/** How long before the end of a sweep's range a daemon begins the next sweep. */
const OVERLAP_MS = 5_000;

/** The most lines of the journal in one object, about. */
const JOURNAL_LINES = 2_900;
/** How often a daemon writes to its journal, at most. */
const JOURNAL_MS = 60_000;

/** What the sweeper sends for each occurrence of a recurring schedule, besides its copy and its delete. */
export const REQUESTS_PER_OCCURRENCE = {
  /** Of the definition. */
  get: 1,
  /** Of the definition and the next wake-up. */
  put: 2,
} as const;

/**
 * Returns the requests that the sweepers send in a month, without the writers' PUTs: averages, so not whole numbers, for a
 * month without failures and cancelled events.
 */
export function monthlyRequests(use: MonthOfUse): Requests {
  const resolved = resolveUse(use);
  const eachShard = resolved.lookAheadMs > 0 ? lookingAhead(resolved) : plain(resolved);
  const { sweeps, list, lease, batches } = eachShard;
  const { shards, occurrences } = resolved;
  const leaseWrites = sweeps * lease * shards;
  const perOccurrence = REQUESTS_PER_OCCURRENCE;
  return {
    list: sweeps * list * shards,
    head: 0,
    // A read precedes each write of the lease.
    get: leaseWrites + MONTH_MS / SHARD_MAP_READ_MS + occurrences * perOccurrence.get,
    put: leaseWrites + occurrences * perOccurrence.put + journalPuts(resolved, sweeps),
    copy: deliveriesOf(resolved),
    move: 0,
    delete: batches * shards,
  };
}

/** One for each sweep of a function that delivered anything, or for each such minute of a daemon. */
function journalPuts(use: ResolvedUse, sweeps: number): number {
  if (!use.journal) return 0;
  const deliveries = deliveriesOf(use);
  const isFunction = use.host === "lambda";
  const writers = isFunction ? use.shards : 1;
  const spans = writers * (isFunction ? sweeps : Math.min(sweeps, MONTH_MS / JOURNAL_MS));
  const lines = deliveries / spans;
  return spans * (lines > JOURNAL_LINES ? Math.ceil(lines / JOURNAL_LINES) : shareWithAny(lines));
}

interface ShardMonth {
  readonly sweeps: number;
  /** LISTs in a sweep. */
  readonly list: number;
  /** Reads and writes of the lease in a sweep. */
  readonly lease: number;
  /** DELETEs in the month. */
  readonly batches: number;
}

/** Lists until nothing more is due, and takes the lease only if something is due. */
function plain(use: ResolvedUse): ShardMonth {
  const { everyMs, shards } = use;
  const sweeps = MONTH_MS / everyMs;
  const due = deliveriesOf(use) / shards / sweeps;
  const pages = Math.max(1, Math.ceil(due / PAGE));
  const busy = shareWithAny(due);
  const batches = sweeps * busy * (due > 1 ? 1 + Math.ceil((due - 1) / BATCH) : 1); // the first is sent alone
  return { sweeps, list: pages, lease: 2 * busy, batches };
}

/** Lists its range at each poll, and keeps the lease until it ends. */
function lookingAhead(use: ResolvedUse): ShardMonth {
  const { shards, pollMs } = use;
  const events = deliveriesOf(use);
  const { sweeps, intervalMs, lifeMs } = sweepsAhead(use);
  const inRange = events / shards / sweeps;
  let list = 0;
  for (let ageMs = 0; ageMs <= lifeMs; ageMs += pollMs) {
    const left = inRange * Math.min(1, (lifeMs - ageMs) / intervalMs);
    list += Math.max(1, Math.ceil(Math.min(left, MOST_UPCOMING) / PAGE));
  }
  const seconds = MONTH_MS / DELETE_PAUSE_MS;
  const batches = seconds * shareWithAny(events / shards / seconds);
  return { sweeps, list, lease: 2 + Math.floor(lifeMs / RENEWAL_MS), batches };
}

/**
 * A sweep's range ends with the next full interval. A function starts at a random moment of the interval, so on average it
 * runs for one and a half intervals. A daemon starts shortly before its last range ends.
 */
export function sweepsAhead({ host, everyMs, lookAheadMs }: ResolvedUse) {
  const intervalMs = Math.max(everyMs, lookAheadMs);
  const extraMs = host === "lambda" ? intervalMs / 2 : Math.min(OVERLAP_MS, intervalMs / 2);
  return { sweeps: MONTH_MS / intervalMs, intervalMs, lifeMs: intervalMs + extraMs };
}

/** Returns the share of equal spans that contain at least one of randomly spread events, `mean` per span on average. */
function shareWithAny(mean: number): number {
  return 1 - Math.exp(-mean);
}
