import type { Moment, ScheduledEvent } from "@keywhen/core";
import { UsageError } from "@keywhen/host";
import type { Command } from "commander";
import type { EventSource } from "./event-source.js";
import { readTargetPattern, type TargetPattern } from "./read-target.js";
import { readMoment } from "./read-time.js";
import { isIdBeginning } from "./resolve-id.js";
import type { TimeContext } from "./time-zone.js";

/** Which events a command lists, as it was typed. */
export interface ListingOptions {
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly to?: string | undefined;
  readonly limit?: string | undefined;
  readonly after?: string | undefined;
  readonly ids?: boolean | undefined;
  /** Of `list` alone: ids of another codec look different. */
  readonly codec?: string | undefined;
}

export function withListingOptions(command: Command): Command {
  return command
    .option("--from <time>", "due at this time or later: 2026-12-24T09:00Z, +90m, 'friday 9am'")
    .option("--until <time>", "due before this time")
    .option("--to <pattern>", "for these targets: bucket, 'bucket/*', 'bucket/prefix*', bucket/key")
    .option("--limit <count>", "at most so many")
    .option("--after <id>", "go on after this id")
    .option("--ids", "the ids alone, one a line");
}

/** Which events are wanted; undefined is everything's. */
export interface Listing {
  readonly from: Moment | undefined;
  readonly until: Moment | undefined;
  readonly after: string | undefined;
  readonly limit: number;
  readonly pattern: TargetPattern | undefined;
}

/** Reads the options; throws a `UsageError` or a `KeywhenError` for what can't be right. */
export async function readListing(options: ListingOptions, times: TimeContext): Promise<Listing> {
  const { to, after } = options;
  const from = options.from === undefined ? undefined : await readMoment(options.from, times);
  const until = options.until === undefined ? undefined : await readMoment(options.until, times);
  checkOrder(from, until);
  if (options.codec !== "s3-scheduler") checkAfter(after);
  return {
    from,
    until,
    after,
    limit: readLimit(options.limit),
    pattern: to === undefined ? undefined : readTargetPattern(to),
  };
}

/** The wanted ones, in due order. Core filters by the beginning of a key; a pattern without a star means one key. */
export async function* listed(
  source: EventSource,
  { pattern, limit, ...span }: Listing,
): AsyncGenerator<ScheduledEvent, void> {
  const to = pattern && { bucket: pattern.bucket, keyPrefix: pattern.keyPrefix };
  let given = 0;
  for await (const event of source.list({ ...span, to })) {
    if (pattern?.isExact && event.to.key !== pattern.keyPrefix) continue;
    yield event;
    given += 1;
    if (given === limit) return;
  }
}

/** Core reads both again, and says what is wrong with one of them. */
function checkOrder(from: Moment | undefined, until: Moment | undefined): void {
  if (from === undefined || until === undefined) return;
  const [begin, end] = [dateOf(from), dateOf(until)];
  if (!(begin.getTime() >= end.getTime())) return;
  throw new UsageError(
    `--from must be before --until (got ${begin.toISOString()} and ${end.toISOString()}).`,
  );
}

function dateOf(moment: Moment): Date {
  return moment instanceof Date ? moment : new Date(String(moment));
}

function checkAfter(after: string | undefined): void {
  if (after === undefined || isIdBeginning(after)) return;
  throw new UsageError(
    `--after must be an id or the beginning of one (got "${after}").`,
    "keywhen list --ids shows ids.",
  );
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit >= 1) return limit;
  throw new UsageError(`--limit must be a whole number from 1 (got "${text}").`);
}
