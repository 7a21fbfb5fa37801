import type { Invariant } from "./watcher.js";

const PROMISE = "Cancel tells the truth: an event that is not found doesn't wait.";

/** Whoever is told that an event isn't there must not have had it before its eyes all the time. */
export const notFoundIsTrue: Invariant = ({ ledger, violated }) => ({
  ended({ name, kind, key, told, startedMs }) {
    if (!kind.startsWith("cancel") || told !== "not-found" || key === undefined) return;
    const record = ledger.record(key);
    const writtenMs = record?.writes.at(-1)?.executedMs;
    if (record?.isPresent !== true || writtenMs === undefined || writtenMs >= startedMs) return;
    violated(PROMISE, key, `${name} was told that it is not there`);
  },
});
