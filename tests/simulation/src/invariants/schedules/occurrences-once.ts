import type { OccurrenceCopy, ScheduleRecord } from "../../schedule-ledger.js";
import type { StoreRequest } from "../../store/store-request.js";
import { type TargetHistory, targetHistory } from "../target-history.js";
import type { Invariant, View } from "../watcher.js";

const PROMISE =
  "Once: an occurrence is delivered a second time only after a crash, a freeze or a request without an answer, and only if it is not found at its target.";

export const occurrencesOnce: Invariant = (view) => {
  const { schedules, violated, plan } = view;
  const hasZoneChange = [...plan.writers, ...plan.sweepers].some(({ clock }) => clock.zoneChange);
  const targets = targetHistory();
  const troubles = new Map<string, StoreRequest[]>(); // failed requests of sweeps, by activity
  return {
    executed(request, changes) {
      const wakeUp = schedules.deliveredBy(request);
      const record = wakeUp && schedules.records.get(wakeUp.name);
      if (record !== undefined && request.outcome === "copied") {
        const isTwice = hasZoneChange && isOfTwoRules(view, record);
        const why = isTwice ? undefined : whyWrong(targets, troubles, record);
        if (why !== undefined) violated(PROMISE, record.name, why);
      }
      for (const change of changes) targets.note(change.ref, request, view.now());
    },
    answered(request) {
      targets.answered(request);
      if (request.answer?.isError !== true) return;
      const { name } = request.activity;
      troubles.set(name, [...(troubles.get(name) ?? []), request]);
    },
    consumed: (target) => targets.note(target, undefined, view.now()),
  };
};

function whyWrong(
  targets: TargetHistory,
  troubles: ReadonlyMap<string, readonly StoreRequest[]>,
  { copies }: ScheduleRecord,
): string | undefined {
  const second = copies.at(-1);
  if (second === undefined) return undefined;
  const { nominal, to } = second.wakeUp;
  const first = copies.findLast((copy) => copy !== second && copy.wakeUp.nominal === nominal);
  if (first === undefined || isUndecided(second.request, second.atMs)) return undefined;
  const { activity } = second.request;
  const names = `${nominal} was delivered by ${first.request.activity.name} and ${activity.name}`;
  if (!isExplained(first, second, troubles)) return `${names}, without a cause`;
  const isSameTarget = first.wakeUp.to.key === to.key && first.wakeUp.to.bucket === to.bucket;
  const isFirstKnown = isSameTarget && first.atMs < activity.startedMs;
  if (!isFirstKnown) return undefined;
  if (!targets.wasSeenBy(to, activity)) return `${names}, without a look`;
  const isUnreadable = targets.wasUnreadable(to, first.request, second.request);
  return isUnreadable ? undefined : `${names}, though it was there`;
}

/** Names are compared only within a rule, so machines whose time zone data differ may give one to an occurrence of each. */
function isOfTwoRules({ schedules }: View, { copies, writes }: ScheduleRecord): boolean {
  const nominal = copies.at(-1)?.wakeUp.nominal;
  const same = copies.filter(({ wakeUp }) => wakeUp.nominal === nominal);
  const rules = same.map(({ label }) => JSON.stringify(schedules.contents.get(label)?.rule));
  const isOfOldRule = ({ wakeUp }: OccurrenceCopy) =>
    writes.some(
      ({ definition: { next } }) => next?.isOfOldRule && wakeUp.key.endsWith(`~${next.token}`),
    );
  return new Set(rules).size > 1 || same.some(isOfOldRule);
}

function isExplained(
  { request: one }: OccurrenceCopy,
  { request: other }: OccurrenceCopy,
  troubles: ReadonlyMap<string, readonly StoreRequest[]>,
): boolean {
  if (isUndecided(one, other.sentMs) || hasFaltered(one)) return true;
  const { name, report } = one.activity;
  if (report?.outcome === "swept" && report.truncated !== false) return true;
  return (troubles.get(name) ?? []).some(
    ({ answeredMs = 0 }) => answeredMs >= one.sentMs && answeredMs <= (other.executedMs ?? 0),
  );
}

function isUndecided(request: StoreRequest, atMs: number): boolean {
  const { answer, answeredMs, fate } = request;
  if (answer !== undefined && answeredMs !== undefined && answeredMs <= atMs) return answer.isError;
  return fate.fault === "late" || fate.fault === "lost-answer" || hasFaltered(request);
}

function hasFaltered({ activity, sentMs }: StoreRequest): boolean {
  const { isAlive, frozenUntilMs } = activity.process;
  return !isAlive || (frozenUntilMs ?? 0) >= sentMs;
}
