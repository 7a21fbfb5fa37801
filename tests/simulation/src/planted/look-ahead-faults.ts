import type { PlantedFault } from "./planted-fault.js";

/** Faults in how sweeps look ahead and hand over to each other. */
export const LOOK_AHEAD_FAULTS: readonly PlantedFault[] = [
  {
    name: "what is coming is taken before its instant",
    file: "event-table/event-table.ts",
    find: `const due = this.upcoming.takeDue(nowMs);`,
    replace: `const due = this.upcoming.takeDue(nowMs + 3_000);`,
  },
  {
    name: "the clock is believed though it was set forward since it was compared",
    file: "sweep/sweep-run.ts",
    find: `if (right === undefined) return nowMs;`,
    replace: `return nowMs;`,
  },
  {
    name: "a comparison of clocks counts from when its answer came",
    file: "sweep/sweep-run.ts",
    find: `this.#right = reading.sentAt;`,
    replace: `this.#right = { wallMs: this.#clock.now(), monotonicMs: this.#clock.monotonic() };`,
  },
  {
    name: "the range of the holder below is ignored",
    file: "lease/lease-state.ts",
    find: `return state.holders[index - 1]?.untilMs ?? Number.NEGATIVE_INFINITY;`,
    replace: `return Number.NEGATIVE_INFINITY;`,
  },
  {
    name: "a dead holder's range is taken over without writing it",
    file: "lease/held-lease.ts",
    find: `return { result: next, write: next };`,
    replace: `return { result: next };`,
  },
  {
    name: "a dead holder's range is never taken over",
    file: "sweep/listing.ts",
    find: `await refresh(lease, shutdown.startSignal);`,
    replace: "",
  },
  {
    name: "a newcomer takes a range that another one has",
    file: "lease/held-lease.ts",
    find: `highest.untilMs >= untilMs`,
    replace: `highest.untilMs > untilMs`,
  },
  {
    name: "a range ends before the next host is woken",
    file: "sweep/sweep-run.ts",
    find: `/ intervalMs) + 2) * intervalMs`,
    replace: `/ intervalMs) + 1) * intervalMs`,
  },
  {
    name: "a sweep's own sweptThrough counts for what it takes over",
    file: "lease/history.ts",
    find: `const isOwn = swept !== undefined && atMs >= swept.fromMs;`,
    replace: `const isOwn = swept !== undefined;`,
  },
  {
    name: "sweptThrough passes the end of the sweep's range, and what its own clock says",
    file: "lease/history.ts",
    find: `untilMs,
    startedMs, //`,
    replace: "//",
  },
  {
    name: "a poll is not made before the range ends",
    file: "sweep/listing.ts",
    find: `Math.min(pauseMs, untilMs + 1 - clock.now()),`,
    replace: `Math.max(pauseMs, untilMs + 1 - clock.now()),`,
  },
  {
    name: "a newer event overtakes one that was blocked",
    from: 25_001,
    file: "event-table/target-queues.ts",
    find: `queue.isStale ||= !queue.isFresh;`,
    replace: `if (!queue.isFresh) this.#queues.delete(target);`,
  },
];
