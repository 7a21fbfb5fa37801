import type { PlantedFault } from "./planted-fault.js";

/** Faults in how sweepers share the time among themselves. */
export const LEASE_FAULTS: readonly PlantedFault[] = [
  {
    name: "a newcomer enters though another holder lives",
    file: "lease/held-lease.ts",
    find: `if (isInTheWay) return { result: () => ({ outcome: "held", by: highest }) };`,
    replace: "",
  },
  {
    name: "the lease is written without its condition",
    file: "requests/shared-object.ts",
    find: `condition: putIfAbsent && putIfVersion ? condition : undefined,`,
    replace: `condition: undefined as typeof condition | undefined,`,
  },
  {
    name: "an unanswered put of the lease counts as written",
    file: "requests/shared-object.ts",
    find: `if (answer?.undecided) unanswered.push(change);`,
    replace: `if (answer?.undecided) return change.result;`,
  },
  {
    name: "the lease's end is told by the wall clock alone",
    file: "machine.ts",
    find: `Math.max(clock.now() - startMs, clock.monotonic() - startMonotonicMs)`,
    replace: `clock.now() - startMs`,
  },
  {
    name: "the lease's end is told by a clock that stops in suspend",
    file: "machine.ts",
    find: `Math.max(clock.now() - startMs, clock.monotonic() - startMonotonicMs)`,
    replace: `clock.monotonic() - startMonotonicMs`,
  },
  {
    name: "the lease's time is counted from after the answer",
    file: "requests/shared-object.ts",
    find: `return { state, storeMs, elapsedMs, condition:`,
    replace: `return { state, storeMs, elapsedMs: startStopwatch(clock), condition:`,
  },
  {
    name: "a holder copies on after its lease has ended",
    file: "sweep/sweep-run.ts",
    find: `else if (lease !== undefined && lease.leftMs() < Math.min(COPY_MS, lease.ttlMs / 4)) {`,
    replace: `else if (lease === null) {`,
  },
  {
    name: "a live holder is removed too early",
    file: "lease/lease-state.ts",
    find: `const GRACE_MS = 2_000;`,
    replace: `const GRACE_MS = -15_000;`,
  },
  {
    name: "a dead holder is removed without raising unclean",
    file: "lease/lease-state.ts",
    find: `const unclean = [...ranges, `,
    replace: `const unclean = [`,
  },
  {
    name: "a release forgets what is undecided or undeleted",
    file: "lease/lease-state.ts",
    find: `uncleanMs: latest(isClean ? undefined : state.uncleanMs, account.uncertainMs),`,
    replace: `uncleanMs: latest(isClean ? undefined : state.uncleanMs),`,
  },
  {
    name: "no look at the target after an unclean range",
    file: "lease/history.ts",
    find: `event.atMs <= latest(lease.uncleanMs, own.uncertainMs()),`,
    replace: `event.atMs <= latest(undefined, own.uncertainMs()),`,
  },
  {
    name: "sweptThrough passes events that were skipped",
    file: "lease/history.ts",
    find: `unattemptedSinceMs === undefined ? Number.POSITIVE_INFINITY : unattemptedSinceMs - 1,`,
    replace: `Number.POSITIVE_INFINITY,`,
  },
  {
    name: "deletes are dropped when the lease is lost",
    file: "sweep/shutdown.ts",
    find: `this.stop("lease-lost");\n    this.#copy.abort();`,
    replace: `this.stop("lease-lost");\n    this.#copy.abort();\n    this.#delete.abort();`,
  },
];
