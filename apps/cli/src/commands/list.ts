import { createScheduler, type Moment, type ScheduledEvent, systemClock } from "@keywhen/core";
import type { Command } from "commander";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { UsageError } from "../explain-error.js";
import { type KeyOptions, withKeyOptions, withKeys } from "../read-codec.js";
import { readTargetPattern } from "../read-target.js";
import { readMoment } from "../read-time.js";
import { act, type Session } from "../session.js";
import { showBytes } from "../show-size.js";
import { showColumn, showDistance, showInstant } from "../show-time.js";
import type { TimeContext } from "../time-zone.js";
import { toJson } from "../to-json.js";

interface ListOptions extends KeyOptions {
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly to?: string | undefined;
  readonly limit?: string | undefined;
  readonly after?: string | undefined;
  readonly ids?: boolean | undefined;
}

const EXAMPLES = `Examples:
  keywhen list --until +1d --to 'reminders/*'
  keywhen list --ids --to 'reports/*' | keywhen cancel -
`;

export function addList(program: Command): Command {
  const command = program
    .command("list")
    .summary("show what waits, in due order")
    .description("Shows what waits, in due order.")
    .addHelpText("before", EXAMPLES)
    .option("--from <time>", "due at this time or later: 2026-12-24T09:00Z, +90m, 'friday 9am'")
    .option("--until <time>", "due before this time")
    .option("--to <pattern>", "for these targets: bucket, 'bucket/*', 'bucket/prefix*', bucket/key")
    .option("--limit <count>", "at most so many")
    .option("--after <id>", "go on after this id")
    .option("--ids", "the ids alone, one a line");
  return withKeyOptions(command).action(act(list));
}

async function list(session: Session, options: ListOptions): Promise<ExitCode> {
  const { output } = session;
  const limit = readLimit(options.limit);
  const span = await spanOf(options, session.times());
  await using home = await session.openHome();
  const scheduler = createScheduler(withKeys(home, options));
  let given = 0;
  for await (const event of matching(scheduler.list(filterOf(options, span)), options.to)) {
    await output.line(lineOf(event, options.ids ?? false, output.isJson));
    given += 1;
    if (given === limit || output.isClosed) break;
  }
  if (given === 0 && output.isTerminal && !output.isJson && !options.ids) {
    output.note(nothingDue(span.until));
  }
  return EXIT.done;
}

/** Undefined is everything's. */
interface Span {
  readonly from: Moment | undefined;
  readonly until: Moment | undefined;
}

async function spanOf({ from, until }: ListOptions, times: TimeContext): Promise<Span> {
  return {
    from: from === undefined ? undefined : await readMoment(from, times),
    until: until === undefined ? undefined : await readMoment(until, times),
  };
}

function filterOf({ to, after }: ListOptions, span: Span) {
  const pattern = to === undefined ? undefined : readTargetPattern(to);
  return {
    ...span,
    to: pattern && { bucket: pattern.bucket, keyPrefix: pattern.keyPrefix },
    after,
  };
}

/** Core filters by the beginning of a key; a pattern without a star means that one key. */
async function* matching(
  events: AsyncIterable<ScheduledEvent>,
  to: string | undefined,
): AsyncGenerator<ScheduledEvent, void> {
  const pattern = to === undefined ? undefined : readTargetPattern(to);
  for await (const event of events) {
    if (!pattern?.isExact || event.to.key === pattern.keyPrefix) yield event;
  }
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit >= 1) return limit;
  throw new UsageError(`--limit ${text} is no number of events:`, "give a whole number from 1.");
}

function lineOf(event: ScheduledEvent, idsOnly: boolean, isJson: boolean): string {
  if (idsOnly) return event.id;
  if (isJson) return toJson(event);
  const distance = showDistance(event.at.getTime() - systemClock.now());
  const target = `${event.to.bucket}/${event.to.key}`;
  return [
    showColumn(event.at),
    distance.padStart(14),
    showBytes(event.size).padStart(6),
    target,
  ].join("   ");
}

function nothingDue(until: Moment | undefined): string {
  const what = until === undefined ? "Nothing is waiting" : `Nothing is due before ${show(until)}`;
  return `${what}. Try: keywhen schedule --in 10m --to BUCKET/KEY --body hello`;
}

function show(moment: Moment): string {
  return moment instanceof Date ? showInstant(moment) : String(moment);
}
