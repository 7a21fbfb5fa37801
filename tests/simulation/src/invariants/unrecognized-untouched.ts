import { DEAD, type Ledger } from "../ledger.js";
import { isPendingKey, ROOT, SCHEDULE_BUCKET } from "../plan.js";
import type { Invariant } from "./watcher.js";

const PROMISE = "Unrecognized objects under the root are never moved, changed or deleted.";

export const unrecognizedUntouched: Invariant = ({ ledger, violated }) => ({
  executed({ activity, source }, changes) {
    const touched = changes.map(({ ref }) => ref);
    if (source !== undefined) touched.push(source);
    for (const { bucket, key } of touched) {
      if (bucket !== SCHEDULE_BUCKET || !key.startsWith(`${ROOT}/`) || isOurs(ledger, key))
        continue;
      violated(PROMISE, key, `${activity.name} touched it`);
    }
  },
});

function isOurs(ledger: Ledger, key: string): boolean {
  if (isPendingKey(key)) return ledger.record(key) !== undefined;
  return key.startsWith(`${ROOT}/lease/`) || key.startsWith(DEAD);
}
