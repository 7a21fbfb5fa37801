import type { EventRecord } from "../ledger.js";
import type { View } from "./watcher.js";

/** Whether another event waits for the same target, so that one may have to wait for the other. */
export function hasNeighbour({ ledger }: View, event: EventRecord): boolean {
  return [...ledger.records.values()].some(
    (other) => other !== event && other.isPresent && targetOf(other) === targetOf(event),
  );
}

export function targetOf({ to }: EventRecord): string {
  return `${to.bucket}/${to.key}`;
}
