import type { EventRecord } from "../ledger.js";
import type { Invariant } from "./watcher.js";

const PROMISE = "Cancel tells the truth: a cancelled or rescheduled key is not delivered.";

/** A call that took a key back: what it took is the incarnation of that moment, not one that is put later. */
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
    violated(
      PROMISE,
      record.key,
      `${claim.by} was told that it is taken back, but ${name} delivered it`,
    );
  };

  return {
    executed(request) {
      const event = ledger.deliveredBy(request);
      if (event !== undefined) check(event);
    },
    ended({ name, key, told }) {
      if (key === undefined || (told !== "cancelled" && told !== "rescheduled")) return;
      const record = ledger.record(key);
      if (record === undefined) return;
      // A put that is still under way may have brought it back since it was removed.
      const removed = record.removals.at(-1)?.incarnation;
      if (removed === undefined)
        violated(PROMISE, key, `${name} was told ${told}, but it was never removed`);
      else taken.set(key, { by: name, incarnation: removed });
      check(record);
    },
  };
};
