import type { EventRecord } from "../ledger.js";
import type { Invariant } from "./watcher.js";

const PROMISE = "Cancel answers the truth: a cancelled or rescheduled key is not delivered.";
const NOT_FOUND = "Cancel answers the truth: an event that is not found doesn't wait.";

/** What a call took is the incarnation of that moment, not a later one. */
interface Taken {
  readonly by: string;
  readonly incarnation: number;
}

export const cancelIsTrue: Invariant = ({ ledger, violated }) => {
  const taken = new Map<string, Taken>();

  const check = (record: EventRecord) => {
    const claim = taken.get(record.key);
    if (claim === undefined) return;
    const copy = record.copies.find(({ incarnation }) => incarnation === claim.incarnation);
    if (copy === undefined) return;
    const { name } = copy.request.activity;
    violated(PROMISE, record.key, `${claim.by} took it back, but ${name} delivered it`);
  };

  return {
    executed(request) {
      const event = ledger.deliveredBy(request);
      if (event !== undefined) check(event);
    },
    ended({ name, key, result }) {
      if (key === undefined || (result !== "cancelled" && result !== "rescheduled")) return;
      const record = ledger.record(key);
      if (record === undefined) return;
      // A put that is still under way may have brought it back since it was removed.
      const removed = record.removals.at(-1)?.incarnation;
      if (removed === undefined)
        violated(PROMISE, key, `${name} answered ${result}, but it was never removed`);
      else taken.set(key, { by: name, incarnation: removed });
      check(record);
    },
  };
};

/** A call that answers that an event isn't there must not have overlooked one that was there all the time. */
export const notFoundIsTrue: Invariant = ({ ledger, violated }) => ({
  ended({ name, kind, key, result, startedMs }) {
    if (!kind.startsWith("cancel") || result !== "not-found" || key === undefined) return;
    const record = ledger.record(key);
    const writtenMs = record?.writes.at(-1)?.executedMs;
    if (record?.isPresent !== true || writtenMs === undefined || writtenMs >= startedMs) return;
    violated(NOT_FOUND, key, `${name} answered that it is not there`);
  },
});
