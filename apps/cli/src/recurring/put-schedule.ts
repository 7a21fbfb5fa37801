import { buffer } from "node:stream/consumers";
import { durationMs } from "@keywhen/core/internal";
import { UsageError } from "@keywhen/host";
import {
  createSchedules,
  type NewSchedule,
  type PutScheduleResult,
  type Rule,
  type ScheduledOccurrence,
  upcomingOccurrences,
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
import { quoteName } from "./quote-name.js";
import { describeRule, readRule } from "./read-rule.js";
import { occurrenceLines, underWayLines } from "./upcoming.js";

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
  [text = ""]: readonly string[],
): Promise<ExitCode> {
  const { output } = session;
  const { dryRun = false } = options;
  const name = readName(options.name);
  const rule = await readRule(text, options.from, session);
  const schedule = { ...rule, ...(await readSchedule(session, options)) };
  noteZone(session, rule);
  const home = await session.openSchedule({ dryRun, mayBeMissing: true });
  const call = { signal: session.interruption() };
  const result = await createSchedules(home).put(name, schedule, call);
  const until = schedule.until === undefined ? undefined : new Date(schedule.until);
  const windowMs = schedule.window === undefined ? 0 : durationMs(schedule.window);
  const upcoming = upcomingOccurrences({ name, rule, next: result.next, until, windowMs });
  return printOutcome(output, {
    json: { ...result, name, upcoming, ...(dryRun && { dryRun }) },
    text: () => describePut(name, { ...rule, to: schedule.to }, result, upcoming, dryRun),
    quiet: name,
  });
}

async function readSchedule(session: Session, options: EveryOptions) {
  const { until, missed, maxLate, window } = options;
  return {
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
function noteZone({ output, zone }: Session, rule: Rule): void {
  if (!("cron" in rule) || zone !== undefined || localZone() === "UTC") return;
  output.note(`The rule's times are in UTC. For another zone, give --tz ${localZone()}.`);
}

const DONE = { created: "Created", updated: "Updated", unchanged: "Unchanged" } as const;
const WOULD = { created: "Would create", updated: "Would update", unchanged: "Unchanged" } as const;

function describePut(
  name: string,
  schedule: Rule & Pick<NewSchedule, "to">,
  { outcome, state, next, underWay }: PutScheduleResult,
  upcoming: readonly ScheduledOccurrence[],
  isDryRun: boolean,
): readonly string[] {
  const { to } = schedule;
  const what = `${(isDryRun ? WOULD : DONE)[outcome]}: ${name}`;
  const when = `${describeRule(schedule)}, to ${to.bucket}/${to.key}`;
  if (next === undefined) {
    return [`${what}, ${when}. It is ${state}: see keywhen schedules show ${quoteName(name)}`];
  }
  return [
    `${what}, ${when}. Next:`,
    ...occurrenceLines(upcoming, schedule),
    ...underWayLines(underWay),
  ];
}
