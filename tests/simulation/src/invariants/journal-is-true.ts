import type { Activity } from "../activity.js";
import { JOURNAL, SCHEDULE_BUCKET } from "../schedule-keys.js";
import type { StoreRequest } from "../store/store-request.js";
import type { Invariant, View } from "./watcher.js";

const TRUE = "The journal is true: each line says what became of an event, and of no event twice.";
const WHOLE =
  "The journal is whole: a sweep that reports no lost line has written one for each event that it delivered.";

const WAKE_UP = /@[^|]*~[g-z]{8}$/;

interface Line {
  readonly outcome: string;
  readonly id: string;
}

export const journalIsTrue: Invariant = (view) => {
  const objects = new Map<string, string>(); // of each line
  const isSecond = ({ activity }: StoreRequest, key: string, { id }: Line) => {
    const line = `${activity.name} ${id}`;
    const first = objects.get(line) ?? key;
    objects.set(line, key);
    return first !== key; // a put may be sent again
  };
  return {
    executed(request) {
      const [key = ""] = request.keys;
      const lines = writtenBy(view, request);
      for (const line of lines) {
        const why = whyFalse(view, line);
        if (why !== undefined) view.violated(TRUE, undefined, `${key} says of ${line.id} ${why}`);
      }
      for (const line of lines.filter((one) => isMetOnce(view, request, one))) {
        const isTwice = lines.filter(({ id }) => id === line.id).length > 1;
        if (!isTwice && !isSecond(request, key, line)) continue;
        view.violated(TRUE, undefined, `${key} has a second line for ${line.id}`);
      }
    },
  };
};

/** A sweep that lists again, or several shards, can meet an event again, and a wake-up once it is over. */
function isMetOnce(view: View, { activity }: StoreRequest, line: Line): boolean {
  const listsOnce = activity.sweeper?.pollSeconds === undefined;
  return listsOnce && !WAKE_UP.test(line.id) && recordsOf(view, line).length < 2;
}

export const journalIsWhole: Invariant = (view) => {
  const confirmed = new Map<Activity, Set<string>>();
  const written = new Map<Activity, Set<string>>();
  const add = (to: typeof written, activity: Activity, id: string) =>
    void to.set(activity, (to.get(activity) ?? new Set()).add(id));
  return {
    executed(request) {
      for (const { id } of writtenBy(view, request)) add(written, request.activity, id);
    },
    answered(request) {
      const event = view.ledger.deliveredBy(request);
      const isConfirmed = request.outcome === "copied" && request.answer?.isError === false;
      if (event !== undefined && isConfirmed) add(confirmed, request.activity, event.id);
    },
    ended(activity) {
      const { report, name } = activity;
      if (view.plan.keptJournal === "no" || report?.outcome !== "swept") return;
      if (report.errors.some(({ type }) => type === "journal-failed")) return;
      for (const id of confirmed.get(activity) ?? []) {
        if (written.get(activity)?.has(id)) continue;
        view.violated(WHOLE, undefined, `${name} delivered ${id}, which its journal does not have`);
      }
    },
  };
};

/** The lines of an executed put, read by hand and not by the code under test. */
function writtenBy({ objects }: View, { kind, bucket, keys, outcome }: StoreRequest): Line[] {
  const [key = ""] = keys;
  const isOne = kind === "put" && bucket === SCHEDULE_BUCKET && key.startsWith(JOURNAL);
  const bytes = isOne && outcome === "written" ? objects.get({ bucket, key })?.bytes : undefined;
  if (bytes === undefined) return [];
  return new TextDecoder()
    .decode(bytes)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

/** Only what has truly happened by now can have been seen. */
function whyFalse(view: View, { id, outcome }: Line): string | undefined {
  if (WAKE_UP.test(id)) {
    const schedules = [...view.schedules.records.values()];
    const isCopied = schedules.some(({ copies }) =>
      copies.some(({ wakeUp: { key } }) => occurrenceIn(key) === occurrenceIn(id)),
    );
    return isDelivered(outcome) && !isCopied ? "that it was delivered" : undefined;
  }
  const records = recordsOf(view, { id });
  if (records.length === 0) return "something, but there is no such event";
  const isUndelivered = records.every(
    (record) => record.copies.length === 0 && !view.ledger.hasDeliveredTwin(record),
  );
  if (isDelivered(outcome) && isUndelivered) return "that it was delivered";
  const isDead = outcome === "dead" || outcome === "expired";
  if (isDead && records.every(({ deadCopies }) => deadCopies.length === 0))
    return "that it is dead";
  return undefined;
}

/** Several wake-ups may be for one: its schedule and its nominal time. */
function occurrenceIn(key: string): string {
  return key.slice(key.lastIndexOf("|") + 1, key.lastIndexOf("~"));
}

function recordsOf({ ledger }: View, { id }: Pick<Line, "id">) {
  return [...ledger.records.values()].filter((one) => one.id === id);
}

function isDelivered(outcome: string): boolean {
  return outcome === "delivered" || outcome === "already-delivered";
}
