import type { ScheduledEvent } from "@keywhen/core";
import { UsageError } from "@keywhen/host";
import type { Command } from "commander";
import { readLimit } from "../input/read-numbers.js";
import { readTargetPattern, type TargetPattern } from "../input/read-target.js";
import { type ReadMoment, readMoment } from "../input/read-time.js";
import type { TimeContext } from "../input/time-zone.js";
import { type EventSource, isIdBeginning } from "./event-ids.js";

/** The options that choose which events a command lists. */
export interface ListingOptions {
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly to?: string | undefined;
  readonly limit?: string | undefined;
  readonly after?: string | undefined;
  readonly ids?: boolean | undefined;
  /** Only `list` has it. Ids of another codec look different. */
  readonly codec?: string | undefined;
}

export function withListingOptions(command: Command): Command {
  return command
    .option("--from <time>", "due at this time or later: 2026-12-24T09:00Z, +90m, 'friday 9am'")
    .option("--until <time>", "due before this time")
    .option("--to <pattern>", "for these targets: bucket, 'bucket/*', 'bucket/prefix*', bucket/key")
    .option("--limit <count>", "at most this number of events")
    .option("--after <id>", "continue after this id")
    .option("--ids", "print only the ids, one a line");
}

/** Which events to list. `undefined` does not restrict them. */
export interface Listing {
  readonly from: ReadMoment | undefined;
  readonly until: ReadMoment | undefined;
  readonly after: string | undefined;
  readonly limit: number;
  readonly pattern: TargetPattern | undefined;
}

/** Reads the options. Throws a `UsageError` or a `KeywhenError` for a wrong value. */
export async function readListing(options: ListingOptions, times: TimeContext): Promise<Listing> {
  const { to, after, limit } = options;
  const { from, until } = await readSpan(options, times);
  if (options.codec !== "s3-scheduler") checkAfter(after);
  const pattern = to === undefined ? undefined : readTargetPattern(to);
  return { from, until, after, limit: readLimit(limit), pattern };
}

/** Reads `--from` and `--until`. */
export async function readSpan(
  options: Pick<ListingOptions, "from" | "until">,
  times: TimeContext,
): Promise<Pick<Listing, "from" | "until">> {
  const from = options.from === undefined ? undefined : await readMoment(options.from, times);
  const until = options.until === undefined ? undefined : await readMoment(options.until, times);
  checkOrder(from, until);
  return { from, until };
}

/** Yields the events in due order. Core filters by the beginning of a key; a pattern without a star means one key. */
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

/** Core reads both again, and reports an invalid one. */
function checkOrder(from: ReadMoment | undefined, until: ReadMoment | undefined): void {
  if (from === undefined || until === undefined) return;
  const [begin, end] = [new Date(from), new Date(until)];
  if (!(begin.getTime() >= end.getTime())) return;
  throw new UsageError(
    `--from must be before --until (got ${begin.toISOString()} and ${end.toISOString()}).`,
  );
}

function checkAfter(after: string | undefined): void {
  if (after === undefined || isIdBeginning(after)) return;
  throw new UsageError(
    `--after must be an id or the beginning of one (got "${after}").`,
    "Take it from keywhen list --ids.",
  );
}
