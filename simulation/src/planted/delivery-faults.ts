import type { PlantedFault } from "./planted-fault.js";

/** Faults in how a sweep brings events to their targets. */
export const DELIVERY_FAULTS: readonly PlantedFault[] = [
  {
    name: "an undecided copy is taken for a copy",
    file: "sweep/delivering/deliver.ts",
    find: `if (error.undecided && (await lookAgain()).found === "there") return ended(copied);`,
    replace: `if (error.undecided) return ended(copied);`,
  },
  {
    name: "an event is copied again though its target could not be looked at",
    file: "sweep/delivering/deliver.ts",
    find: `if (look.found !== "unanswered") return tryUntilAnswered(options, event, false);`,
    replace: `if (look.found !== "there") return tryUntilAnswered(options, event, false);`,
  },
  {
    name: "a source that has gone is taken for a copy",
    file: "sweep/delivering/deliver.ts",
    find: `return outcome === "copied" ? { outcome, isMoved, latenessMs } : { outcome: "gone" };`,
    replace: `return { outcome: "copied", isMoved, latenessMs };`,
  },
  {
    name: "a copy drops the user's metadata",
    file: "sweep/delivering/deliver.ts",
    find: `{ size: event.size, signal: copySignal };`,
    replace: `{ size: event.size, signal: copySignal, metadata: {} };`,
  },
  {
    name: "a younger event starts before the elder's delete",
    file: "sweep/delivering/dispatcher.ts",
    find: `if (lines.hasWaiting(event)) deletes.hurry();`,
    replace: `next(event);`,
  },
  {
    name: "a younger event starts though the elder has failed",
    file: "sweep/delivering/dispatcher.ts",
    find: `tally.failed(event, delivery.error);\n        return leave(event);`,
    replace: `tally.failed(event, delivery.error);\n        return next(event);`,
  },
  {
    name: "a batch delete's answers are not read key by key",
    file: "sweep/delivering/delete-queue.ts",
    find: `if (result.outcome === "gone") {`,
    replace: `if (result.outcome !== undefined) {`,
  },
  {
    name: "a foreign object is deleted",
    file: "sweep/due-pages.ts",
    find: `if (event === undefined) tally.foreign(object.key);`,
    replace: `if (event === undefined) await store.delete(bucket, [object.key]);`,
  },
  {
    name: "events become dead letters though allowTargets allows none of those due",
    file: "sweep/giving-up/condemned.ts",
    find: `const allowsNone = refusedCount > 0 && refusedCount >= due;`,
    replace: `const allowsNone = false;`,
  },
  {
    name: "a refused target is copied to",
    file: "sweep/take-in.ts",
    find: `if (options.targets.isAllowed(event.to)) {`,
    replace: `if (options !== undefined) {`,
  },
  {
    name: "no look at the clock before each copy",
    file: "sweep/delivering/deliver.ts",
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
    file: "sweep/giving-up/bury.ts",
    find: `return { outcome: "failed", error: storeErrorOf(caught) };`,
    replace: `return storeErrorOf(caught).undecided ? { outcome: "buried" } : { outcome: "failed", error: storeErrorOf(caught) };`,
  },
  {
    name: "an event dies at its first failure",
    file: "sweep/giving-up/condemned.ts",
    find: `const isOld = nowMs - event.sinceMs >= maxAgeMs;`,
    replace: `const isOld = true;`,
  },
  {
    name: "an old event dies without an earlier try",
    file: "sweep/giving-up/condemned.ts",
    find: `return isOld && history.wasTried(event) ? "max-age" : undefined;`,
    replace: `return isOld ? "max-age" : undefined;`,
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
