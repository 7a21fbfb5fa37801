import type { PlantedFault } from "./planted-fault.js";

/** Faults in how a sweep brings events to their targets. */
export const DELIVERY_FAULTS: readonly PlantedFault[] = [
  {
    name: "an undecided copy is taken for a copy",
    file: "sweep/deliver.ts",
    find: `if (isStoreError(error)) return { outcome: "failed", error };`,
    replace: `if (isStoreError(error)) return error.undecided ? { outcome: "copied", isMoved, latenessMs } : { outcome: "failed", error };`,
  },
  {
    name: "a source that has gone is taken for a copy",
    file: "sweep/deliver.ts",
    find: `return outcome === "copied" ? { outcome, isMoved, latenessMs } : { outcome: "gone" };`,
    replace: `return { outcome: "copied", isMoved, latenessMs };`,
  },
  {
    name: "a copy drops the user's metadata",
    file: "sweep/deliver.ts",
    find: `{ size: event.size, signal: copySignal };`,
    replace: `{ size: event.size, signal: copySignal, metadata: {} };`,
  },
  {
    name: "a younger event starts before the elder's delete",
    file: "sweep/dispatcher.ts",
    find: `    deletes.add(event);`,
    replace: `    deletes.add(event);\n    next(event);`,
  },
  {
    name: "a younger event starts though the elder has failed",
    file: "sweep/dispatcher.ts",
    find: `tally.failed(event, delivery.error);\n        return holdYounger(event);`,
    replace: `tally.failed(event, delivery.error);\n        return next(event);`,
  },
  {
    name: "a batch delete's answers are not read key by key",
    file: "sweep/delete-queue.ts",
    find: `if (result?.outcome === "gone") {`,
    replace: `if (result !== undefined) {`,
  },
  {
    name: "a foreign object is deleted",
    file: "sweep/sweep.ts",
    find: `if (event === undefined) return tally.foreign(object.key);`,
    replace: `if (event === undefined) {\n    await run.store.delete(home.bucket, [object.key]);\n    return tally.foreign(object.key);\n  }`,
  },
  {
    name: "a refused target is copied to",
    file: "sweep/sweep.ts",
    find: `if (!options.isAllowed(event.to))`,
    replace: `if (false)`,
  },
  {
    name: "only the first page of the schedule is read",
    file: "requests/list-pages.ts",
    find: `more = page.more && cut < 0;`,
    replace: `more = false;`,
  },
  {
    name: "an idle sweep lists twice",
    file: "requests/list-pages.ts",
    find: `for (let more = true; more; ) {`,
    replace: `await store.list({ bucket, prefix, startAfter: after });\n  for (let more = true; more; ) {`,
  },
];
