import type { PlantedFault } from "./planted-fault.js";

/** Faults in how a sweep brings events to their targets. */
export const DELIVERY_FAULTS: readonly PlantedFault[] = [
  {
    name: "an undecided copy is taken for a copy",
    file: "sweep/deliver-event.ts",
    find: `if (error.undecided && (await findOnce(context, event)) === "found") return ended(copied);`,
    replace: `if (error.undecided) return ended(copied);`,
  },
  {
    name: "an event is copied again though its target could not be looked at",
    file: "sweep/deliver-event.ts",
    find: `if (typeof found === "object") return unlooked(event, found.unanswered);`,
    replace: "",
  },
  {
    name: "a source that has gone is taken for a copy",
    file: "sweep/deliver-event.ts",
    find: `if (outcome === "source-gone") return { outcome: "gone" };`,
    replace: "",
  },
  {
    name: "a copy drops the user's metadata",
    file: "targets/destination.ts",
    find: `{ size, signal: call.signal };`,
    replace: `{ size, signal: call.signal, metadata: {} };`,
  },
  {
    name: "a younger event starts before the elder's delete",
    file: "event-table/event-table.ts",
    find: `if (this.#queues.hasWaiting(tracked)) this.#deletes.hurry();`,
    replace: `this.#finish(tracked);`,
  },
  {
    name: "a younger event starts though the elder has failed",
    file: "event-table/event-table.ts",
    find: `this.log.failed(tracked.event, error);\n    this.#leave(tracked);`,
    replace: `this.log.failed(tracked.event, error);\n    this.#finish(tracked);`,
  },
  {
    name: "a batch delete's answers are not read key by key",
    file: "event-table/event-table.ts",
    find: `if (result.outcome === "gone") {`,
    replace: `if (Date) {`,
  },
  {
    name: "an unrecognized object is deleted",
    file: "sweep/listing.ts",
    find: `if (event === undefined) reportUnrecognized(run, object.key);`,
    replace: `if (event === undefined) await store.delete(bucket, [object.key]);`,
  },
  {
    name: "events become dead letters though allowTargets allows none of those due",
    file: "event-table/rejected-events.ts",
    find: `return isMost || (this.#refusedCount > 0 && this.isNothingElseDue(dueCount));`,
    replace: `return isMost;`,
  },
  {
    name: "a refused target is copied to",
    file: "event-table/event-table.ts",
    find: `if (!this.#options.targets.isAllowed(event.to)) this.#reject(tracked);\n    else if`,
    replace: "if",
  },
  {
    name: "no look at the clock before each copy",
    file: "sweep/deliver-event.ts",
    find: `const isEarly = nowMs < event.atMs;`,
    replace: `const isEarly = false;`,
  },
  {
    name: "a clock that is ahead is not noticed",
    file: "sweep/sweep-run.ts",
    find: `clockReading !== undefined && clockReading.aheadMs > allowedSkewMs(home.guardMs)`,
    replace: "false && clockReading && allowedSkewMs(home.guardMs)",
  },
  {
    name: "a look at the target compares the delivery id alone",
    file: "options/metadata.ts",
    find: `return Object.entries(expected).every(`,
    replace: `return Object.entries(expected).slice(0, 1).every(`,
  },
  {
    name: "an event is deleted though its copy in the dead letters is undecided",
    file: "sweep/dead-letter-event.ts",
    find: `return { outcome: "failed", error: storeErrorOf(caught) };`,
    replace: `return storeErrorOf(caught).undecided ? { outcome: "stored" } : { outcome: "failed", error: storeErrorOf(caught) };`,
  },
  {
    name: "an event dies at its first failure",
    file: "sweep/deliver-event.ts",
    find: `const isOld = history.nowMs() - event.sinceMs >= maxAgeMs;`,
    replace: `const isOld = true;`,
  },
  {
    name: "an old event dies without an earlier try",
    file: "sweep/deliver-event.ts",
    find: `return isOld && history.wasTried(event) ? "max-age" : undefined;`,
    replace: `return isOld ? "max-age" : undefined;`,
  },
  {
    name: "only the first page of the schedule is read",
    file: "requests/list-and-delete.ts",
    find: `more = page.more && cut < 0;`,
    replace: `more = false;`,
  },
  {
    name: "an idle sweep lists twice",
    file: "requests/list-and-delete.ts",
    find: `for (let more = true; more; ) {`,
    replace: `await store.list({ bucket, prefix, startAfter: after });\n  for (let more = true; more; ) {`,
  },
];
