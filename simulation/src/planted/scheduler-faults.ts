import type { PlantedFault } from "./planted-fault.js";

/** Faults in how events are written, moved and cancelled. */
export const SCHEDULER_FAULTS: readonly PlantedFault[] = [
  {
    name: "cancel without the guard",
    file: "scheduler/cancel.ts",
    find: `const closesAtMs = event.atMs - home.guardMs;`,
    replace: `const closesAtMs = event.atMs;`,
  },
  {
    name: "cancel is judged when it is sent, not when its answer arrives",
    file: "scheduler/cancel.ts",
    find: `if (isClosed() || clockCheck.isSkewed)`,
    replace: `if (clockCheck.isSkewed)`,
  },
  {
    name: "an unanswered cancel counts as cancelled",
    file: "scheduler/cancel.ts",
    find: `if (!answer.isKnown) return { outcome: "undecided", error: answer.error };`,
    replace: `if (!answer.isKnown) return { outcome: "cancelled", id: asEventId(id) };`,
  },
  {
    name: "a reschedule that breaks off undoes its first step",
    file: "scheduler/move-event.ts",
    find: `if (!gone.isKnown) return { outcome: "undecided", error: gone.error };`,
    replace: `if (!gone.isKnown) {\n      await deleteEvent(home, target.key, policy);\n      return { outcome: "undecided", error: gone.error };\n    }`,
  },
  {
    name: "a reschedule deletes the old event though the copy is undecided",
    file: "scheduler/move-event.ts",
    find: `if (!copy.isKnown) return { outcome: "undecided", error: copy.error };\n  if (copy.value.outcome === "source-gone")`,
    replace: `if (copy.isKnown && copy.value.outcome === "source-gone")`,
  },
  {
    name: "a moved event keeps the old keywhen-at",
    file: "scheduler/move-event.ts",
    find: `{ ...old.metadata, ...keywhenMetadata(newAtMs, deliveryId) }`,
    replace: `{ ...keywhenMetadata(newAtMs, deliveryId), ...old.metadata }`,
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
    name: "cancel trusts a clock that is wrong",
    file: "scheduler/clock-check.ts",
    find: `const isSkewed = () => last !== undefined && Math.abs(last.aheadMs) > limitMs;`,
    replace: `const isSkewed = () => false;`,
  },
  {
    name: "an overdue event that may have been delivered counts as cancelled",
    file: "scheduler/cancel-overdue.ts",
    find: `if (mayBeDelivered || !(await wasHeld(lease, signal)))`,
    replace: `if (!(await wasHeld(lease, signal)))`,
  },
  {
    name: "an overdue event counts as cancelled though others may have swept",
    file: "scheduler/cancel-overdue.ts",
    find: `if (mayBeDelivered || !(await wasHeld(lease, signal)))`,
    replace: `if (mayBeDelivered)`,
  },
  {
    name: "a redriven event keeps the marks of its death",
    file: "dead/redrive.ts",
    find: `metadata: withoutDeath(info.metadata)`,
    replace: `metadata: info.metadata`,
  },
  {
    name: "an unanswered put counts as scheduled",
    file: "scheduler/schedule.ts",
    find: `if (!answer.isKnown) throw unanswered(identity, answer.error);`,
    replace: `if (!answer.isKnown) return { ...identity, outcome: "scheduled" };`,
  },
];
