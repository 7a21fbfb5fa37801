import { buffer } from "node:stream/consumers";
import { UsageError } from "@keywhen/host";
import {
  createSchedules,
  type NewSchedule,
  type PutScheduleResult,
  type ScheduledOccurrence,
} from "@keywhen/recurring";
import type { ExitCode } from "../exit-codes.js";
import { openPayload, type PayloadOptions } from "../input/payload.js";
import { readMetadata } from "../input/read-metadata.js";
import { readTarget } from "../input/read-target.js";
import { readMoment } from "../input/read-time.js";
import { localZone } from "../input/time-zone.js";
import { printOutcome } from "../outcome.js";
import type { Session } from "../session.js";
import { readDuration } from "../sweeping/schedule-options.js";
import { describeRule, readRule } from "./read-rule.js";
import { occurrenceLines, underWayLines, upcomingOf } from "./upcoming.js";

export interface EveryOptions extends PayloadOptions {
  readonly name?: string | undefined;
  readonly to?: string | undefined;
  readonly meta?: readonly string[] | undefined;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly missed?: NewSchedule["missed"];
  readonly maxLate?: string | undefined;
  readonly window?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

/** The work of `keywhen every`. */
export async function putSchedule(
  session: Session,
  options: EveryOptions,
  [rule = ""]: readonly string[],
): Promise<ExitCode> {
  const { output } = session;
  const { dryRun = false } = options;
  const name = readName(options.name);
  const schedule = await readSchedule(session, options, rule);
  noteZone(session, schedule);
  const home = await session.openSchedule({ dryRun, mayBeMissing: true });
  const call = { signal: session.interruption() };
  const result = await createSchedules(home).put(name, schedule, call);
  const until = schedule.until === undefined ? undefined : new Date(schedule.until);
  const upcoming = upcomingOf({ rule: schedule, next: result.next, until });
  return printOutcome(output, {
    json: { ...result, name, upcoming, ...(dryRun && { dryRun }) },
    text: () => describePut(name, schedule, result, upcoming, dryRun),
    quiet: name,
  });
}

/** What the command line gives: times as text or dates. */
type GivenSchedule = NewSchedule & { readonly until: Date | string | undefined };

async function readSchedule(
  session: Session,
  options: EveryOptions,
  text: string,
): Promise<GivenSchedule> {
  const { until, missed, maxLate, window } = options;
  return {
    ...(await readRule(text, options.from, session)),
    to: readTarget(options.to),
    metadata: readMetadata(options.meta ?? []),
    until: until === undefined ? undefined : await readMoment(until, session.times()),
    missed,
    maxLate: readDuration(maxLate),
    window: readDuration(window),
    ...(await readPayload(session, options)), // last, because it may wait for a pipe
  };
}

/** A payload is delivered many times, so a stream is read to its end. */
async function readPayload({ output }: Session, options: EveryOptions) {
  await using payload = await openPayload(options, output.note);
  const { body, contentType } = payload;
  if (payload.size === 0 && options.body === undefined) output.note("Note: the payload is empty.");
  if (!(body instanceof ReadableStream)) return { body, contentType };
  const bytes = await buffer(body).catch((error: unknown) => {
    throw payload.failure() ?? error;
  });
  return { body: bytes, contentType };
}

function readName(name: string | undefined): string {
  if (name !== undefined) return name;
  throw new UsageError(
    "--name is missing.",
    "Give a name that this schedule keeps, for example --name daily-report.",
  );
}

/** A rule lives longer than this machine's settings, so its zone is never taken from the machine. */
function noteZone({ output, zone }: Session, rule: NewSchedule): void {
  if (!("cron" in rule) || zone !== undefined || localZone() === "UTC") return;
  output.note(`The rule's times are in UTC. For another zone, give --tz ${localZone()}.`);
}

const DONE = { created: "Created", updated: "Updated", unchanged: "Unchanged" } as const;
const WOULD = { created: "Would create", updated: "Would update", unchanged: "Unchanged" } as const;

function describePut(
  name: string,
  schedule: GivenSchedule,
  { outcome, next, underWay }: PutScheduleResult,
  upcoming: readonly ScheduledOccurrence[],
  isDryRun: boolean,
): readonly string[] {
  const { to } = schedule;
  const what = `${(isDryRun ? WOULD : DONE)[outcome]}: ${name}`;
  const when = `${describeRule(schedule)}, to ${to.bucket}/${to.key}`;
  if (next === undefined) {
    return [`${what}, ${when}. It is paused or has ended: see keywhen schedules show ${name}`];
  }
  return [
    `${what}, ${when}. Next:`,
    ...occurrenceLines(upcoming, schedule),
    ...underWayLines(underWay),
  ];
}
