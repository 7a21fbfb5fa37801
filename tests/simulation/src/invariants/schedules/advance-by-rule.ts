import { ALLOWED_SKEW_MS, type ScheduleContent, type ZoneChange } from "../../plan.js";
import { occurrenceAfter, occurrencesBetween } from "../../rule-occurrences.js";
import type {
  Definition,
  DefinitionWrite,
  NextOccurrence,
  ScheduleRecord,
} from "../../schedule-ledger.js";
import type { View } from "../watcher.js";
import { GRACE_MS, lost, storm, TOLERANCE_MS, type Wrong, whyIsNoOccurrence } from "./by-rule.js";

/** Says what is wrong with a sweeper's write of a definition, or with a skip. */
export function whyAdvanceIsWrong(
  view: View,
  record: ScheduleRecord,
  write: DefinitionWrite,
  content: ScheduleContent,
): Wrong | undefined {
  const { definition, replaced, request, atMs } = write;
  const settled = replaced?.next;
  if (replaced === undefined || replaced.state !== "active" || settled === undefined) {
    return lost(`advanced a schedule that was ${replaced?.state ?? "missing"}`);
  }
  if (replaced.revision !== definition.revision) return lost("replaced another content");
  const isSweep = request.activity.kind === "sweep";
  if (isSweep && !isSettled(view, record, settled, content, request.sentMs)) {
    return lost(`went on from ${settled.nominal}, which was neither delivered nor passed over`);
  }
  const { next, last } = definition;
  const { zoneChange } = request.activity.process;
  const known: Settled = { atMs: settled.atMs, nominal: lastAfter(replaced, settled), zoneChange };
  if (last?.nominal !== known.nominal) return lost("forgot the last occurrence");
  return next === undefined
    ? whyEndIsWrong(content, known, atMs)
    : (whyIsNoOccurrence(content, next, zoneChange) ?? whyNextIsWrong(write, known, next, content));
}

/** The occurrence that the next one must be later than, by the data of the machine that looks for it. */
interface Settled {
  readonly atMs: number;
  readonly nominal: string | undefined;
  readonly zoneChange: ZoneChange | undefined;
}

function lastAfter(
  { last }: Definition,
  { nominal, isOfOldRule }: NextOccurrence,
): string | undefined {
  if (isOfOldRule) return undefined;
  return nominal === "start" ? last?.nominal : nominal;
}

/** Delivered, a dead letter, or too late by its content. */
function isSettled(
  view: View,
  { copies, dead }: ScheduleRecord,
  { nominal, dueMs }: NextOccurrence,
  { missed, maxLateMs = Number.POSITIVE_INFINITY }: ScheduleContent,
  sentMs: number,
): boolean {
  if (nominal === "start" || dead.has(nominal)) return true;
  if (copies.some((copy) => copy.wakeUp.nominal === nominal && copy.atMs <= sentMs)) return true;
  const limitMs = missed === "skip" ? Math.min(maxLateMs, GRACE_MS) : maxLateMs;
  const clockMs = view.profile.capabilities.clock === "shared" ? 0 : TOLERANCE_MS;
  return sentMs - dueMs > limitMs - clockMs;
}

function whyEndIsWrong(
  { rule, untilMs }: ScheduleContent,
  settled: Settled,
  atMs: number,
): Wrong | undefined {
  if (untilMs === undefined) return lost("ended a schedule without an end");
  const youngMs = Math.max(settled.atMs, atMs - GRACE_MS + TOLERANCE_MS);
  const next = occurrenceAfter(rule, youngMs, settled);
  return next.atMs <= untilMs ? lost(`ended it before ${next.nominal}`) : undefined;
}

/** What is left out must be older than the grace, and what comes next must not. */
function whyNextIsWrong(
  { request: { activity, sentMs }, atMs }: DefinitionWrite,
  settled: Settled,
  next: NextOccurrence,
  { rule, missed }: ScheduleContent,
): Wrong | undefined {
  if (next.nominal <= (settled.nominal ?? "")) return lost(`goes back to ${next.nominal}`);
  const isSweep = activity.kind === "sweep";
  // A writer adds the time that its reading took, because it can't know when in that time the store was asked.
  const tookMs = isSweep ? 0 : atMs - activity.startedMs;
  const youngMs = atMs - GRACE_MS + TOLERANCE_MS + tookMs;
  const skipped = occurrencesBetween(rule, settled.atMs, next.atMs, settled);
  const young = skipped.find((one) => missed === "all" || one.atMs > youngMs);
  if (young !== undefined) return lost(`passed over ${young.nominal}`);
  const decidedMs = isSweep ? sentMs : activity.startedMs; // a guard comes in between
  const isOld = missed !== "all" && next.atMs < decidedMs - GRACE_MS - TOLERANCE_MS;
  // A clock that is behind, stood still, or was set back, says that less is too old.
  const { skewMs = 0, jumps = [] } = activity.sweeper?.clock ?? {};
  const isBehind =
    skewMs < -ALLOWED_SKEW_MS ||
    activity.process.wasSuspended ||
    jumps.some(({ byMs }) => byMs < 0);
  return isOld && !isBehind ? storm(`goes on with ${next.nominal}`) : undefined;
}
