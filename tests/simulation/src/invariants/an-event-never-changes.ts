import { isPendingKey, SCHEDULE_BUCKET } from "../plan.js";
import type { Change, StoreRequest } from "../store/store-request.js";
import type { Invariant, View } from "./watcher.js";

const PROMISE = "An event never changes: a second schedule call never overwrites it.";

/** A put that finds the key taken by another call must have left it alone. */
export const anEventNeverChanges: Invariant = (view) => ({
  executed(request, changes) {
    if (request.kind !== "put") return;
    for (const change of changes) check(view, request, change);
  },
});

function check({ ledger, violated }: View, { activity }: StoreRequest, { ref }: Change): void {
  if (ref.bucket !== SCHEDULE_BUCKET || !isPendingKey(ref.key)) return;
  const record = ledger.record(ref.key);
  const before = record?.writes.at(-2);
  if (record?.wasAbsent !== false || before === undefined) return;
  if (before.activity === activity) return; // its own first try, unanswered
  violated(PROMISE, ref.key, `${activity.name} wrote over what ${before.activity.name} put`);
}
