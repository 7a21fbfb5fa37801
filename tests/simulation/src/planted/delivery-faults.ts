import type { PlantedFault } from "./planted-fault.js";

/** Faults in how a sweep brings events to their targets. */
export const DELIVERY_FAULTS: readonly PlantedFault[] = [
  {
    name: "an undecided copy is taken for a copy",
    file: "sweep/deliver-event.ts",
    find: `if (error.undecided && (await findOnce(context, event)) === "found") return copied;`,
    replace: `if (error.undecided) return copied;`,
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
    find: `if (this.queues.hasWaiting(event)) this.deletes.hurry();`,
    replace: `this.#finish(event);`,
  },
  {
    name: "a younger event starts though the elder has failed",
    file: "event-table/event-table.ts",
    find: `this.rejected.failed(event, delivery);\n        this.#block(event, "blocked");`,
    replace: `this.rejected.failed(event, delivery);\n        if (delivery.deadLetterReason) this.#block(event, "blocked");\n        else this.#finish(event);`,
  },
  {
    name: "a batch delete's answers are not read key by key",
    file: "event-table/event-table.ts",
    find: `if (result.outcome === "gone") this.#finish(event);\n    else if`,
    replace: `if (Date) this.#finish(event);\n    else if`,
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
    find: `const isOpen = isMost || (this.#refusedCount > 0 && isNothingElseDue);`,
    replace: `const isOpen = isMost;`,
  },
  {
    name: "a refused target is copied to",
    file: "event-table/event-table.ts",
    find: `if (!targets.isAllowed(event.to)) this.rejected.refuse(event);\n    else if`,
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
    find: `this.#mostExact !== undefined && this.#mostExact.aheadMs > this.#allowedMs`,
    replace: "false",
  },
  {
    name: "a look at the target compares the delivery id alone",
    file: "options/metadata.ts",
    find: `return Object.entries(expected).every(`,
    replace: `return Object.entries(expected).slice(0, 1).every(`,
  },
  {
    name: "an event is deleted though its copy in the dead letters is undecided",
    file: "sweep/leave-schedule.ts",
    find: `return { outcome: "failed", error: storeErrorOf(caught) };`,
    replace: `return storeErrorOf(caught).undecided ? { outcome: "stored" } : { outcome: "failed", error: storeErrorOf(caught) };`,
  },
  {
    name: "an event dies at its first failure",
    file: "sweep/deliver-event.ts",
    find: `const isOld = history.nowMs() - event.sinceMs >= run.options.maxAgeMs;`,
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
