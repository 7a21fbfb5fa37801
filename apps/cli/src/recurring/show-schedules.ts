import { systemClock } from "@keywhen/core/internal";
import { createSchedules, type ScheduleInfo, upcomingOccurrences } from "@keywhen/recurring";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { printMissing } from "../outcome.js";
import { toJson } from "../output/output.js";
import { showColumn, showDistance, showInstant, showSpan } from "../output/show-time.js";
import type { Session } from "../session.js";
import { missingSchedule } from "./change-schedule.js";
import { describeRule } from "./read-rule.js";
import { occurrenceLines } from "./upcoming.js";

export interface ListSchedulesOptions {
  readonly prefix?: string | undefined;
}

export async function listSchedules(
  session: Session,
  { prefix }: ListSchedulesOptions,
): Promise<ExitCode> {
  const { output } = session;
  const { isJson, isQuiet, isTerminal } = output;
  const schedules = createSchedules(await session.openSchedule());
  let isEmpty = true;
  for await (const info of schedules.list({ prefix })) {
    await output.line(isJson ? toJson(info) : isQuiet ? info.name : lineOf(info));
    isEmpty = false;
    if (output.isClosed) break;
  }
  if (isEmpty && isTerminal && !isJson) {
    output.note("There are no schedules. Store one with keywhen every: see keywhen every --help.");
  }
  return EXIT.done;
}

/** `2026-12-24 09:00:00 +01:00   in 13 h 36 min   daily-report   '0 9 * * 1-5' in Europe/Berlin   reminders/daily.json`. */
function lineOf({ name, state, rule, to, next }: ScheduleInfo): string {
  const nowMs = systemClock.now();
  const at = next === undefined ? state : showColumn(next.at);
  const distance = next === undefined ? "" : showDistance(next.at.getTime() - nowMs);
  return [
    at.padEnd("2026-12-24 09:00:00 +01:00".length),
    distance.padStart(14),
    name,
    describeRule(rule),
    `${to.bucket}/${to.key}`,
  ].join("   ");
}

export async function showSchedule(
  session: Session,
  _options: object,
  [name = ""]: readonly string[],
): Promise<ExitCode> {
  const { output } = session;
  const info = await createSchedules(await session.openSchedule()).get(name);
  if (info === undefined) return printMissing(output, name, missingSchedule);
  const upcoming = upcomingOccurrences(info);
  await output.print({
    json: { ...info, upcoming },
    text: [describeSchedule(info), ...occurrenceLines(upcoming, info.rule)],
    quiet: name,
  });
  return EXIT.done;
}

/** `daily-report · active · '0 9 * * 1-5' in Europe/Berlin · to reminders/daily.json · application/json`. */
function describeSchedule(info: ScheduleInfo): string {
  const { name, state, rule, to, until, missed, maxLateMs, windowMs, last } = info;
  const { contentType, metadata } = info;
  const meta = Object.entries(metadata).map(([key, value]) => `${key}=${value}`);
  return [
    name,
    state,
    describeRule(rule),
    `to ${to.bucket}/${to.key}`,
    ...(until === undefined ? [] : [`until ${showInstant(until)}`]),
    ...(missed === "all" ? ["delivers all that it missed"] : []),
    ...(maxLateMs === undefined ? [] : [`at most ${showSpan(maxLateMs)} late`]),
    ...(windowMs === 0 ? [] : [`window ${showSpan(windowMs)}`]),
    ...(last === undefined ? [] : [`last ${showInstant(last.at)}`]),
    ...(contentType === undefined ? [] : [contentType]),
    ...(meta.length > 0 ? [`metadata ${meta.join(", ")}`] : []),
  ].join(" · ");
}
