import type { EventRecord } from "../ledger.js";
import { isForbidden } from "./guard-rails.js";
import type { Invariant } from "./watcher.js";

const PROMISE =
  "Every event ends delivered, cancelled or dead once the faults are over, but for those that wait because of the circuit.";

export const comesToAnEnd: Invariant = (view) => ({
  ended({ name, kind, result, process, startedMs }) {
    const healedMs = view.plan.startMs + view.plan.chaosMs;
    if (
      kind === "sweep" &&
      result?.startsWith("threw ") &&
      startedMs > healedMs &&
      process.isAlive
    ) {
      view.violated(PROMISE, undefined, `${name} ${result} after all faults were over`);
    }
  },
  atEnd(activities) {
    const left = [...view.ledger.records.values()].find(waits);
    if (left !== undefined) view.violated(PROMISE, left.key, "it still waits");
    const endless = activities.find(
      ({ endedMs, process }) => endedMs === undefined && process.isAlive,
    );
    if (endless !== undefined)
      view.violated(PROMISE, endless.key, `${endless.name} has not returned`);
  },
});

/** What is outside `allowTargets` may wait for an allowed event. */
export function waits(event: EventRecord): boolean {
  return event.isPresent && !isForbidden(event);
}
