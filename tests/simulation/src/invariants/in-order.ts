import type { Activity } from "../activity.js";
import type { EventRecord } from "../ledger.js";
import { idOfKey, shardOfKey } from "../plan.js";
import type { Invariant, View } from "./watcher.js";

const PROMISE =
  "In order: of one target's events that a sweep sees, a younger starts after the elder's delete.";

/**
 * When a sweep starts a copy, every elder of that target that it was shown must have left the schedule, unless it was
 * written later than the younger was seen. Of ranges that one process sweeps in turn, nothing is promised.
 */
export const inOrder: Invariant = (view) => ({
  sent(request) {
    const event = view.ledger.deliveredBy(request);
    if (event === undefined || request.activity.kind !== "sweep") return;
    if (request.activity.isStanding) return;
    const elder = waitingElder(view, event, request.activity);
    if (elder === undefined) return;
    view.violated(
      PROMISE,
      event.key,
      `${request.activity.name} starts it while ${elder.key} waits`,
    );
  },
});

function waitingElder(
  { ledger }: View,
  event: EventRecord,
  activity: Activity,
): EventRecord | undefined {
  const seenMs = activity.listed.get(event.key) ?? 0;
  for (const [key, elderSeenMs] of activity.listed) {
    if (idOfKey(key) >= event.id || elderSeenMs > seenMs) continue;
    if (shardOfKey(key) !== shardOfKey(event.key)) continue; // across shards nothing is promised
    const elder = ledger.record(key);
    if (elder?.to.key !== event.to.key || elder.to.bucket !== event.to.bucket) continue;
    if (elder.isPresent && !wasWrittenAgain(elder, elderSeenMs)) return elder;
  }
  return undefined;
}

/** Put again, by a late request, after the sweep had seen the earlier one. */
function wasWrittenAgain({ writes }: EventRecord, seenMs: number): boolean {
  return (writes.at(-1)?.executedMs ?? 0) > seenMs;
}
