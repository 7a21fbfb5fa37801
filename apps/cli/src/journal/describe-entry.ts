import type { JournalEntry } from "@keywhen/core/journal";
import { showBytes } from "../output/show-size.js";
import { showColumn, showInstant, showSpan } from "../output/show-time.js";

/** `2026-11-25 09:00:00 +01:00   delivered           3 ms late   reminders/42.json   13 B`. */
export function lineOf(entry: JournalEntry): string {
  const { at, outcome, target } = entry;
  const columns = [
    showColumn(at),
    outcome.padEnd(OUTCOME_WIDTH),
    (lateness(entry) ?? "").padStart(LATENESS_WIDTH),
    `${target.bucket}/${target.key}`,
    ...why(entry),
  ];
  return columns.join("   ");
}

const OUTCOME_WIDTH = "already-delivered".length;
const LATENESS_WIDTH = "23 h 12 min late".length;

/** `delivered Wed 25 Nov 2026, 09:00:00 Europe/Berlin · 3 ms late · to reminders/42.json · 13 B · sweeper host-1`. */
export function describeEntry(entry: JournalEntry): string {
  const { at, outcome, target, by, sweeper } = entry;
  return [
    `${outcome} ${showInstant(at)}`,
    lateness(entry) ?? [],
    `to ${target.bucket}/${target.key}`,
    why(entry),
    by === "destination" ? "by its destination" : [],
    sweeper === undefined ? [] : `sweeper ${sweeper}`,
  ]
    .flat()
    .join(" · ");
}

function lateness({ latenessMs }: JournalEntry): string | undefined {
  return latenessMs === undefined ? undefined : `${showSpan(latenessMs)} late`;
}

/** How large it was, or why it was not delivered. */
function why({ size, reason, error, message, nextTryAt, recurring }: JournalEntry): string[] {
  const undecided = error?.undecided ? " (it may have been delivered)" : "";
  return [
    size === undefined ? [] : showBytes(size),
    reason ?? [],
    message ?? [],
    error === undefined || message !== undefined ? [] : `${error.message}${undecided}`,
    nextTryAt === undefined ? [] : `next try due ${showInstant(nextTryAt)}`,
    recurring === undefined ? [] : `schedule ${recurring.name}`,
  ].flat();
}
