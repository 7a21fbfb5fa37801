import type { Activity } from "../activity.js";
import type { EventRecord } from "../ledger.js";
import { idOfKey, shardOfKey } from "../schedule-keys.js";
import type { Invariant, View } from "./watcher.js";

const PROMISE =
  "In order: of one target's events that a sweep sees, a newer one starts after the delete of the older one.";

/**
 * When a sweep starts a copy, every older event of that target that it has listed must have left the schedule, unless it was
 * written after the newer one was listed. Nothing is promised for ranges that one process sweeps in turn.
 */
export const inOrder: Invariant = (view) => ({
  sent(request) {
    const event = view.ledger.deliveredBy(request);
    if (event === undefined || request.activity.kind !== "sweep") return;
    if (request.activity.isStanding) return;
    const older = waitingOlder(view, event, request.activity);
    if (older === undefined) return;
    view.violated(
      PROMISE,
      event.key,
      `${request.activity.name} starts it while ${older.key} waits`,
    );
  },
});

function waitingOlder(
  { ledger }: View,
  event: EventRecord,
  activity: Activity,
): EventRecord | undefined {
  const seenMs = activity.listed.get(event.key) ?? 0;
  for (const [key, olderSeenMs] of activity.listed) {
    if (idOfKey(key) >= event.id || olderSeenMs > seenMs) continue;
    if (shardOfKey(key) !== shardOfKey(event.key)) continue; // across shards nothing is promised
    const older = ledger.record(key);
    if (older?.to.key !== event.to.key || older.to.bucket !== event.to.bucket) continue;
    if (older.isPresent && !wasWrittenAgain(older, olderSeenMs)) return older;
  }
  return undefined;
}

/** Put again, by a late request, after the sweep had seen the earlier one. */
function wasWrittenAgain({ writes }: EventRecord, seenMs: number): boolean {
  return (writes.at(-1)?.executedMs ?? 0) > seenMs;
}
