import type { ScheduleContent } from "../../plan.js";
import { occurrenceAfter } from "../../rule-occurrences.js";
import type { Definition, DefinitionWrite, NextOccurrence } from "../../schedule-ledger.js";
import type { StoreRequest } from "../../store/store-request.js";
import type { View } from "../watcher.js";
import { GUARD_MS, lost, TOLERANCE_MS, type Wrong, whyIsNoOccurrence } from "./by-rule.js";

/** Says what is wrong with what a put, a pause or a resume has written. */
export function whyVerbIsWrong(
  view: View,
  write: DefinitionWrite,
  content: ScheduleContent,
): Wrong | undefined {
  const { definition, replaced, request } = write;
  switch (request.activity.kind) {
    case "pause-schedule":
      return isLastOfPause(view, write) ? undefined : lost("forgot the last occurrence");
    case "put-schedule":
      if (replaced?.state !== "paused") return whyNextIsWrong(view, write, content);
      return definition.state === "paused" ? undefined : lost("resumed it");
    case "resume-schedule":
      return whyNextIsWrong(view, write, content);
    default:
      return undefined;
  }
}

/** The last one stays, or the next one is it now, if that may have been under way. */
function isLastOfPause(view: View, { definition, replaced, request }: DefinitionWrite): boolean {
  const last = definition.last?.nominal;
  if (last === replaced?.last?.nominal) return true;
  const { next } = replaced ?? {};
  return next?.nominal === last && next !== undefined && next.dueMs <= closedMs(view, request);
}

/** What is due later had not closed for the writer of a definition. */
function closedMs(view: View, { activity, executedMs = 0 }: StoreRequest): number {
  // A writer adds the time that its reading took, because it can't know when in that time the store was asked. Its clock may be
  // set forward in the meantime, which looks to it as if its machine had slept.
  const byClockMs = activity.process.clock.now() - activity.startedByClockMs;
  const tookMs = Math.max(executedMs - activity.startedMs, byClockMs);
  return executedMs + guardMsOf(view) + TOLERANCE_MS + tookMs;
}

function guardMsOf({ profile }: View): number {
  return profile.capabilities.clock === "shared" ? 0 : GUARD_MS;
}

function whyNextIsWrong(
  view: View,
  { definition, replaced, request }: DefinitionWrite,
  content: ScheduleContent,
): Wrong | undefined {
  const { next } = definition;
  const before = replaced?.state === "active" ? replaced.next : undefined;
  if (before !== undefined && next?.nominal === before.nominal) return undefined; // it keeps its turn
  if (before !== undefined && before.dueMs <= request.activity.startedMs) {
    return lost(`dropped ${before.nominal}, which was overdue`);
  }
  const isOver = before && before.atMs > (content.untilMs ?? Number.POSITIVE_INFINITY);
  if (before !== undefined && !isOver && isSameRule(view, replaced, content)) {
    return lost(`dropped ${before.nominal} of the same rule`);
  }
  return next && whyFirstIsWrong(view, definition, next, content, request);
}

function isSameRule(
  { schedules }: View,
  replaced: Definition | undefined,
  { rule }: ScheduleContent,
): boolean {
  const old = schedules.contents.get(replaced?.label ?? "")?.rule;
  return JSON.stringify(old) === JSON.stringify(rule);
}

function whyFirstIsWrong(
  view: View,
  { last }: Definition,
  next: NextOccurrence,
  content: ScheduleContent,
  request: StoreRequest,
): Wrong | undefined {
  const { activity, sentMs } = request;
  const { zoneChange } = activity.process;
  const wrong = whyIsNoOccurrence(content, next, zoneChange);
  if (wrong !== undefined) return wrong;
  if (next.nominal <= (last?.nominal ?? "")) return lost(`goes back to ${next.nominal}`);
  const settled = { nominal: last?.nominal, zoneChange };
  const first = occurrenceAfter(content.rule, closedMs(view, request), settled);
  if (next.atMs > first.atMs) return lost(`begins with ${next.nominal}, after ${first.nominal}`);
  const isDecidedInTime = sentMs - activity.startedMs < TOLERANCE_MS;
  const closedAtLeastMs = sentMs + guardMsOf(view) - TOLERANCE_MS;
  const isInGuard = isDecidedInTime && next.dueMs < closedAtLeastMs;
  return isInGuard ? lost(`begins with ${next.nominal}, which was closed`) : undefined;
}
