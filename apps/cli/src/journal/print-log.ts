import { type JournalEntry, type JournalOutcome, readJournal } from "@keywhen/core/journal";
import { UsageError } from "@keywhen/host";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { readLimit } from "../input/read-numbers.js";
import { readPast } from "../input/read-past.js";
import { readTargetPattern, type TargetPattern } from "../input/read-target.js";
import type { ReadMoment } from "../input/read-time.js";
import type { TimeContext } from "../input/time-zone.js";
import { toJson } from "../output/output.js";
import type { CommandSchedule, Session } from "../session.js";
import { type KeyOptions, withKeys } from "../sweeping/schedule-options.js";
import { createLimitedNotes } from "../sweeping/sweep-notes.js";
import { lineOf } from "./describe-entry.js";

export interface LogOptions extends KeyOptions {
  readonly since: string;
  readonly until?: string | undefined;
  readonly target?: string | undefined;
  readonly outcome?: string | undefined;
  readonly limit?: string | undefined;
}

/** The work of `keywhen log`. */
export async function printLog(session: Session, options: LogOptions): Promise<ExitCode> {
  const { output } = session;
  const wanted = await readWanted(options, session.times());
  const location = await withKeys(await session.openSchedule({ mayBeMissing: true }), options);
  const notes = createLimitedNotes(output.note);
  const entries = readJournal(location, {
    since: wanted.since,
    until: wanted.until,
    signal: output.readerGone,
    onSkipped: ({ key, line, why }) =>
      notes.note(`left out: ${key}${line === undefined ? "" : `, line ${line}`}: it ${why}`),
  });
  let isEmpty = true;
  for await (const entry of newest(matching(entries, wanted), wanted.limit)) {
    isEmpty = false;
    const text = output.isQuiet ? entry.id : lineOf(entry);
    await output.line(output.isJson ? toJson(entry) : text);
    if (output.isClosed) break;
  }
  notes.end();
  if (!isEmpty || output.isClosed) return EXIT.done;
  return explainEmpty(session, location);
}

interface Wanted {
  readonly since: ReadMoment;
  readonly until: ReadMoment | undefined;
  readonly pattern: TargetPattern | undefined;
  /** `undefined`: all of them. */
  readonly outcomes: readonly string[] | undefined;
  readonly limit: number;
}

async function readWanted(options: LogOptions, times: TimeContext): Promise<Wanted> {
  const { since, until, target, outcome, limit } = options;
  const wanted = {
    since: await readPast(since, times),
    until: until === undefined ? undefined : await readPast(until, times),
    pattern: target === undefined ? undefined : readTargetPattern(target),
    outcomes: outcome === undefined ? undefined : readOutcomes(outcome),
    limit: readLimit(limit),
  };
  const [begin, end] = [new Date(wanted.since), new Date(wanted.until ?? times.nowMs)];
  const isInvalid = Number.isNaN(begin.getTime()) || Number.isNaN(end.getTime()); // `readJournal()` says why
  if (isInvalid || begin.getTime() < end.getTime()) return wanted;
  throw new UsageError(
    `--since must be before --until, which is now by default (got ${begin.toISOString()} and ${end.toISOString()}).`,
    "Give a span such as 1h, which is back from now, or a time in the past.",
  );
}

const OUTCOMES: Readonly<Record<JournalOutcome, true>> = {
  delivered: true,
  "already-delivered": true,
  failed: true,
  dead: true,
  expired: true,
  "passed-over": true,
};

function readOutcomes(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !Object.hasOwn(OUTCOMES, name));
  if (unknown === undefined) return names;
  throw new UsageError(
    `--outcome has no outcome "${unknown}".`,
    `Give one or more of ${Object.keys(OUTCOMES).join(", ")}, separated by commas.`,
  );
}

async function* matching(
  entries: AsyncIterable<JournalEntry>,
  { pattern, outcomes }: Wanted,
): AsyncGenerator<JournalEntry, void> {
  for await (const entry of entries) {
    if (outcomes !== undefined && !outcomes.includes(entry.outcome)) continue;
    if (pattern === undefined || isOf(pattern, entry)) yield entry;
  }
}

function isOf({ bucket, keyPrefix, isExact }: TargetPattern, { target }: JournalEntry): boolean {
  if (target.bucket !== bucket) return false;
  return isExact ? target.key === keyPrefix : target.key.startsWith(keyPrefix);
}

/** Yields each entry when it comes; with a limit, the last ones at the end. */
async function* newest(
  entries: AsyncIterable<JournalEntry>,
  limit: number,
): AsyncGenerator<JournalEntry, void> {
  if (limit === Number.POSITIVE_INFINITY) return yield* entries;
  let last: JournalEntry[] = [];
  for await (const entry of entries) {
    last.push(entry);
    if (last.length >= 2 * limit) last = last.slice(-limit);
  }
  yield* last.slice(-limit);
}

async function explainEmpty(
  { output, storeUrl }: Session,
  { store, bucket, root = "keywhen" }: Pick<CommandSchedule, "store" | "bucket" | "root">,
): Promise<ExitCode> {
  const { objects } = await store.list({ bucket, prefix: `${root}/journal/`, limit: 1 });
  if (objects.length > 0) {
    if (!output.isJson) output.note("The journal has no such entry. Try a longer --since.");
    return EXIT.done;
  }
  output.failure({
    code: "not-found",
    message: `There is no journal at ${storeUrl}.`,
    hint: "Start the sweeper with --journal. What it delivers then is in the journal within a minute.",
  });
  return EXIT.notFound;
}
