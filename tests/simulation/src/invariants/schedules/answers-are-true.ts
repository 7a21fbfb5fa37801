import type { Activity } from "../../activity.js";
import type { OccurrenceCopy, ScheduleRecord } from "../../schedule-ledger.js";
import type { Invariant } from "../watcher.js";

const PROMISE =
  "Answers about a schedule are true: nothing is delivered that one rules out, but for the occurrence that it names as under way.";

export const scheduleAnswersAreTrue: Invariant = ({ schedules, violated }) => ({
  atEnd() {
    for (const record of schedules.records.values()) {
      for (const call of record.calls) {
        const wrong = wrongCopy(record, call);
        if (wrong === undefined) continue;
        const { wakeUp, request } = wrong;
        const what = `${wakeUp.nominal} (${wrong.label}) was delivered by ${request.activity.name}`;
        violated(PROMISE, record.name, `${call.name} answered ${call.result}, but ${what}`);
      }
    }
  },
});

function wrongCopy(record: ScheduleRecord, call: Activity): OccurrenceCopy | undefined {
  const { answer, endedMs } = call;
  if (answer === undefined || endedMs === undefined) return undefined;
  const own = record.writes.findLast(({ request }) => request.activity === call);
  const sinceMs = own?.atMs ?? call.startedMs;
  const ruledOutMs = own?.atMs ?? endedMs;
  const later = record.copies.filter(
    (copy) => copy.atMs > ruledOutMs && !isNamed(record, call, copy) && !isRepeat(record, copy),
  );
  switch (answer.outcome) {
    case "paused":
    case "deleted":
      return later.find((copy) => !wasActiveAgain(record, sinceMs, copy));
    case "updated":
    case "created":
      return later.find((copy) => !wasContent(record, sinceMs, copy));
    case "skipped":
      return record.copies.find(
        (copy) =>
          copy.wakeUp.nominal === answer.skipped &&
          !record.writes.some(({ atMs }) => atMs > sinceMs && atMs < copy.request.sentMs),
      );
    default:
      return undefined;
  }
}

/** An answer up to this one has named the occurrence as under way. */
function isNamed({ calls }: ScheduleRecord, call: Activity, { wakeUp }: OccurrenceCopy): boolean {
  return calls.some(
    ({ answer, endedMs = Number.POSITIVE_INFINITY }) =>
      answer?.underWay === wakeUp.nominal && endedMs <= (call.endedMs ?? 0),
  );
}

/** A second copy is another promise's. */
function isRepeat({ copies }: ScheduleRecord, copy: OccurrenceCopy): boolean {
  return copies.some(
    (other) => other.wakeUp.nominal === copy.wakeUp.nominal && other.atMs < copy.atMs,
  );
}

function wasActiveAgain(
  { writes }: ScheduleRecord,
  sinceMs: number,
  copy: OccurrenceCopy,
): boolean {
  return writes.some(
    ({ atMs, definition }) =>
      atMs > sinceMs && atMs < copy.request.sentMs && definition.state === "active",
  );
}

/** Its content was the schedule's at some instant since then. */
function wasContent({ writes }: ScheduleRecord, sinceMs: number, copy: OccurrenceCopy): boolean {
  return writes.some(
    ({ atMs, definition }) =>
      definition.label === copy.label && atMs >= sinceMs && atMs <= copy.request.sentMs,
  );
}
