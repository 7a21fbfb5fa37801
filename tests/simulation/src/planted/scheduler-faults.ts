import type { PlantedFault } from "./planted-fault.js";

/** Faults in how events are written, moved and cancelled. */
export const SCHEDULER_FAULTS: readonly PlantedFault[] = [
  {
    name: "cancel without the guard",
    file: "scheduler/clock-check.ts",
    find: `this.atMs = dueMs - guardMs;`,
    replace: `this.atMs = dueMs;`,
  },
  {
    name: "cancel is judged when it is sent, not when its answer arrives",
    file: "scheduler/cancel.ts",
    find: `if (closing.isOver || clockCheck.isSkewed)`,
    replace: `if (clockCheck.isSkewed)`,
  },
  {
    name: "an unanswered cancel counts as cancelled",
    file: "scheduler/cancel.ts",
    find: `if (gone.outcome === "undecided") return gone;\n  if (closing.isOver`,
    replace: `if (gone.outcome === "undecided") return { outcome: "cancelled", id };\n  if (closing.isOver`,
  },
  {
    name: "a reschedule that breaks off undoes its first step",
    file: "scheduler/reschedule.ts",
    find: `if (gone.outcome === "undecided") return { ...gone, newId };`,
    replace: `if (gone.outcome === "undecided") {\n      await deleteEvent(context, move.target.key);\n      return { ...gone, newId };\n    }`,
  },
  {
    name: "a reschedule deletes the old event though the copy is undecided",
    file: "scheduler/reschedule.ts",
    find: `if (copy.outcome === "undecided") return { ...copy, newId };\n  if (copy.answer.outcome === "source-gone")`,
    replace: `if (copy.outcome === "answered" && copy.answer.outcome === "source-gone")`,
  },
  {
    name: "a moved event keeps the old keywhen-at",
    file: "scheduler/reschedule.ts",
    find: `{ ...old.metadata, ...keywhenMetadata(atMs, deliveryId) }`,
    replace: `{ ...keywhenMetadata(atMs, deliveryId), ...old.metadata }`,
  },
  {
    name: "a chosen id's put is tried again past its close",
    file: "scheduler/schedule.ts",
    find: `signal, untilMs: closing.atMs, attempts }`,
    replace: `signal, attempts }`,
  },
  {
    name: "a chosen id is put without its condition",
    file: "scheduler/new-event.ts",
    find: `condition: isChosen ? { if: "absent" } : undefined }`,
    replace: `condition: undefined }`,
  },
  {
    name: "cancel trusts a clock that is wrong",
    file: "scheduler/clock-check.ts",
    find: `return this.#last !== undefined && Math.abs(this.#last.aheadMs) > this.#limitMs;`,
    replace: `return false;`,
  },
  {
    name: "an overdue event that may have been delivered counts as cancelled",
    file: "scheduler/cancel.ts",
    find: `if (mayBeDelivered || !(await wasHeld(lease, signal)))`,
    replace: `if (!(await wasHeld(lease, signal)))`,
  },
  {
    name: "an overdue event counts as cancelled though others may have swept",
    file: "scheduler/cancel.ts",
    find: `if (mayBeDelivered || !(await wasHeld(lease, signal)))`,
    replace: `if (mayBeDelivered)`,
  },
  {
    name: "a redriven event keeps the reason why it was a dead letter",
    file: "dead-letters/dead-letters.ts",
    find: `metadata: withoutRejection(info.metadata)`,
    replace: `metadata: info.metadata`,
  },
  {
    name: "an unanswered put counts as scheduled",
    file: "scheduler/schedule.ts",
    find: `if (written.outcome === "undecided") throw unanswered(identity, written.error);`,
    replace: `if (written.outcome === "undecided") return { ...identity, outcome: "scheduled" };`,
  },
];
