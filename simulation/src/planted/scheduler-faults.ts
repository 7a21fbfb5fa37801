import type { PlantedFault } from "./planted-fault.js";

/** Faults in how events are written, moved and cancelled. */
export const SCHEDULER_FAULTS: readonly PlantedFault[] = [
  {
    name: "cancel without the guard",
    file: "scheduler/cancel.ts",
    find: `const closesAtMs = atMs - home.guardMs;`,
    replace: `const closesAtMs = atMs;`,
  },
  {
    name: "cancel is judged when it is sent, not when its answer arrives",
    file: "scheduler/cancel.ts",
    find: `  if (home.clock.now() >= closesAtMs) return { outcome: "undecided" };\n`,
    replace: "",
  },
  {
    name: "an unanswered cancel counts as cancelled",
    file: "scheduler/cancel.ts",
    find: `if (!answer.isKnown) return { outcome: "undecided", error: answer.error };`,
    replace: `if (!answer.isKnown) return { outcome: "cancelled", id: asEventId(id) };`,
  },
  {
    name: "a reschedule that breaks off undoes its first step",
    file: "scheduler/reschedule.ts",
    find: `if (!gone.isKnown) return undecided(gone.error);`,
    replace: `if (!gone.isKnown) {\n      await deleteEvent(home, target.key, policy);\n      return undecided(gone.error);\n    }`,
  },
  {
    name: "a reschedule deletes the old event though the copy is undecided",
    file: "scheduler/reschedule.ts",
    find: `if (!copy.isKnown) return undecided(copy.error);\n  if (copy.value.outcome === "source-gone")`,
    replace: `if (copy.isKnown && copy.value.outcome === "source-gone")`,
  },
  {
    name: "a moved event keeps the old keywhen-at",
    file: "scheduler/reschedule.ts",
    find: `{ ...info.metadata, ...keywhenMetadata(newAtMs, move.deliveryId) }`,
    replace: `{ ...keywhenMetadata(newAtMs, move.deliveryId), ...info.metadata }`,
  },
  {
    name: "a chosen id's put is tried again past its close",
    file: "scheduler/schedule.ts",
    find: `signal, untilMs: closesAtMs, attempts }`,
    replace: `signal, attempts }`,
  },
  {
    name: "a chosen id is put without its condition",
    file: "scheduler/new-event.ts",
    find: `condition: isChosen ? { if: "absent" } : undefined,`,
    replace: `condition: undefined,`,
  },
  {
    name: "an unanswered put counts as scheduled",
    file: "scheduler/schedule.ts",
    find: `if (!answer.isKnown) return { ...identity, outcome: "undecided", error: answer.error };`,
    replace: `if (!answer.isKnown) return { ...identity, outcome: "scheduled" };`,
  },
];
