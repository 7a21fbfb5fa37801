import type { Activity } from "../activity.js";
import { DEAD, type EventRecord, type Ledger } from "../ledger.js";
import { FORBIDDEN_BUCKET } from "../plan.js";
import {
  isPendingKey,
  JOURNAL,
  NAMES,
  ROOT,
  SCHEDULE_BUCKET,
  shardOfKey,
} from "../schedule-keys.js";
import type { Change, StoreRequest } from "../store/store-request.js";
import type { Invariant, View } from "./watcher.js";

const ALLOWED = "Guard rails: nothing is copied to a target outside allowTargets.";
const UNCHANGED = "An event never changes: a second schedule call never overwrites it.";
const UNRECOGNIZED = "Unrecognized objects under the root are never moved, changed or deleted.";
const CIRCUIT =
  "Events outside allowTargets become dead letters only in a sweep that found an allowed one due: otherwise the configuration is wrong.";

export const allowedTargets: Invariant = ({ violated }) => ({
  sent({ kind, bucket, source, activity }) {
    if ((kind !== "copy" && kind !== "move") || bucket !== FORBIDDEN_BUCKET) return;
    violated(ALLOWED, source?.key, `${activity.name} copies it to ${bucket}`);
  },
});

/** A put that finds the key taken by another call must have left it alone. */
export const anEventNeverChanges: Invariant = (view) => ({
  executed(request, changes) {
    if (request.kind !== "put") return;
    for (const change of changes) checkWrite(view, request, change);
  },
});

function checkWrite({ ledger, violated }: View, { activity }: StoreRequest, { ref }: Change): void {
  if (ref.bucket !== SCHEDULE_BUCKET || !isPendingKey(ref.key)) return;
  const record = ledger.record(ref.key);
  const before = record?.writes.at(-2);
  if (record?.wasAbsent !== false || before === undefined) return;
  if (before.activity === activity) return; // its own first try, unanswered
  if (isOtherReschedule(before, activity)) return;
  violated(UNCHANGED, ref.key, `${activity.name} wrote over what ${before.activity.name} put`);
}

/** Calls that reschedule one event to one instant write one key, with new content also over each other. */
function isOtherReschedule({ activity: one }: StoreRequest, other: Activity): boolean {
  if (one.kind !== "reschedule" || other.kind !== "reschedule") return false;
  return one.key !== undefined && one.key === other.key;
}

export const unrecognizedUntouched: Invariant = ({ ledger, schedules, violated }) => ({
  executed({ activity, source }, changes) {
    const touched = changes.map(({ ref }) => ref);
    if (source !== undefined) touched.push(source);
    for (const { bucket, key } of touched) {
      if (bucket !== SCHEDULE_BUCKET || !key.startsWith(`${ROOT}/`) || isOurs(ledger, key))
        continue;
      if (schedules.isOurs(key)) continue;
      violated(UNRECOGNIZED, key, `${activity.name} touched it`);
    }
  },
});

function isOurs(ledger: Ledger, key: string): boolean {
  if (key.startsWith(JOURNAL) || key.startsWith(NAMES)) return true;
  if (isPendingKey(key)) return ledger.record(key) !== undefined;
  return key.startsWith(`${ROOT}/lease/`) || key.startsWith(DEAD);
}

const CLOCKS_ERROR_MS = 5_000;

export const circuit: Invariant = (view) => ({
  executed(request) {
    const event = view.ledger.deadLetteredBy(request);
    const { activity } = request;
    if (event === undefined || !isForbidden(event) || hasListedAllowed(view, activity, event))
      return;
    view.violated(
      CIRCUIT,
      event.key,
      `${activity.name} dead-lettered it, and found nothing allowed due`,
    );
  },
});

export function isForbidden({ to }: EventRecord): boolean {
  return to.bucket === FORBIDDEN_BUCKET;
}

function hasListedAllowed(
  { ledger, schedules, now }: View,
  activity: Activity,
  event: EventRecord,
): boolean {
  const shard = shardOfKey(event.key);
  return [...activity.listed.keys()].some((key) => {
    if (shard === "") {
      const wakeUp = schedules.wakeUp(key);
      if (wakeUp !== undefined && wakeUp.to.bucket !== FORBIDDEN_BUCKET) return true;
    }
    const other = shardOfKey(key) === shard ? ledger.record(key) : undefined;
    return other !== undefined && !isForbidden(other) && other.atMs <= now() + CLOCKS_ERROR_MS;
  });
}
