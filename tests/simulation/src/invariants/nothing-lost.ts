import type { Activity } from "../activity.js";
import { escapedId } from "../event-body.js";
import { DEAD, type EventRecord, isOfName } from "../ledger.js";
import { idOfKey, SCHEDULE_BUCKET, shardOfKey } from "../schedule-keys.js";
import type { StoreRequest } from "../store/store-request.js";
import { hasOutcome, type Invariant, type View } from "./watcher.js";

const PROMISE =
  "Nothing is lost: an event leaves the schedule only after its copy is confirmed, or by a cancel.";

/** Watches every removal, and that the sweep that asks for it knows of a copy. */
export const nothingLost: Invariant = (view) => {
  const confirmed = new WeakMap<Activity, Set<string>>();
  const knownTo = (activity: Activity) => {
    const known = confirmed.get(activity) ?? new Set<string>();
    confirmed.set(activity, known);
    return known;
  };
  return {
    answered(request) {
      for (const key of confirmedKeys(view, request)) knownTo(request.activity).add(key);
    },
    sent(request) {
      if (request.kind !== "delete" || request.activity.kind !== "sweep") return;
      for (const key of request.keys) {
        const record = view.ledger.record(key);
        if (record === undefined || knownTo(request.activity).has(key)) continue;
        view.violated(
          PROMISE,
          key,
          `${request.activity.name} asks to delete it without a confirmed copy`,
        );
      }
    },
    executed(request, changes) {
      for (const { ref, change } of changes) {
        if (change !== "removed" || ref.bucket !== SCHEDULE_BUCKET) continue;
        if (ref.key.startsWith(DEAD)) checkRedriven(view, ref.key, request);
        const record = view.ledger.record(ref.key);
        if (record === undefined || mayRemove(view, record, request)) continue;
        view.violated(
          PROMISE,
          ref.key,
          `${request.activity.name} removed it and it is nowhere else`,
        );
      }
    },
    atEnd() {
      for (const record of view.ledger.records.values()) checkPromised(view, record);
    },
  };
};

/** The keys that an answer shows to be safe elsewhere. */
function confirmedKeys({ ledger }: View, request: StoreRequest): string[] {
  const { answer, kind, source, bucket, keys } = request;
  if (answer === undefined || answer.isError) return [];
  if (kind === "copy" || kind === "move") {
    const isCopied = hasOutcome(answer.value, "copied");
    return isCopied && source !== undefined ? [source.key] : [];
  }
  if (kind !== "head" || answer.value === undefined) return [];
  return [...ledger.records.values()]
    .filter((record) => isThere(record, bucket, keys[0], answer.value))
    .map(({ key }) => key);
}

function isThere(
  { to, id, deliveryId, atMs }: EventRecord,
  bucket: string,
  key: string | undefined,
  info: unknown,
): boolean {
  if (bucket === SCHEDULE_BUCKET && key === DEAD + id) return true;
  if (to.bucket !== bucket || to.key !== key) return false;
  const metadata = metadataOf(info);
  return (
    metadata["keywhen-id"] === escapedId(deliveryId ?? "") &&
    metadata["keywhen-at"] === new Date(atMs).toISOString()
  );
}

function metadataOf(info: unknown): Record<string, unknown> {
  if (typeof info !== "object" || info === null || !("metadata" in info)) return {};
  return typeof info.metadata === "object" ? { ...info.metadata } : {};
}

function mayRemove({ ledger }: View, record: EventRecord, request: StoreRequest): boolean {
  const { activity } = request;
  // By its id: a call that began before the event was put knows of no place.
  const isAbout = activity.key !== undefined && idOfKey(activity.key) === record.id;
  if (isAbout && activity.kind.startsWith("cancel")) return true;
  if (isAbout && activity.kind === "reschedule") {
    return [...ledger.records.values()].some((other) =>
      other.writes.some(
        (write) => write.activity === activity && isNewOf(write, other.key, record.key),
      ),
    );
  }
  if (isOfName(record, activity.named)) {
    const isPut = (write: StoreRequest) => write.activity === activity && write.kind === "put";
    return (
      activity.kind === "cancel-name" ||
      [...ledger.records.values()].some(({ writes }) => writes.some(isPut))
    );
  }
  const isElsewhere =
    [...record.copies, ...record.deadCopies].some(
      ({ incarnation }) => incarnation === record.incarnation,
    ) || ledger.hasDeliveredTwin(record);
  // A writer that schedules a chosen id again while an old delete is on its way accepts one delivery.
  const isOfEarlier = record.incarnation > 1 && hasEndedBefore(record);
  return isElsewhere || isOfEarlier;
}

/** A reschedule has written the event again: by a copy, or with new content in the same partition. */
function isNewOf({ kind, source }: StoreRequest, key: string, oldKey: string): boolean {
  if (kind !== "put") return source?.key === oldKey;
  return key !== oldKey && shardOfKey(key) === shardOfKey(oldKey);
}

/** A dead letter leaves only when it waits again. */
function checkRedriven({ ledger, violated }: View, key: string, { activity }: StoreRequest): void {
  const isBack = [...ledger.records.values()].some(({ writes }) =>
    writes.some((write) => write.source?.key === key),
  );
  if (!isBack) violated(PROMISE, key, `${activity.name} removed the dead letter and nothing waits`);
}

function hasEndedBefore({ copies, deadCopies, removals, incarnation }: EventRecord): boolean {
  return [...copies, ...deadCopies, ...removals].some((entry) => entry.incarnation < incarnation);
}

/** What a caller was promised has truly been written. */
function checkPromised({ violated }: View, record: EventRecord): void {
  for (const { name, result } of record.calls) {
    if (result !== "scheduled" && result !== "exists") continue;
    if (record.writes.length === 0) {
      violated(PROMISE, record.key, `${name} answered ${result}, but it was never stored`);
    }
  }
}
