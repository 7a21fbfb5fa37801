import type { DeadLetterOutcome } from "../event-table/rejected-events.js";
import type { CopyAnswer, DeleteAnswer } from "./table-answers.js";
import type { TableWorld } from "./table-world.js";

export interface LastAnswers {
  readonly copy: CopyAnswer;
  readonly remove: DeleteAnswer;
  readonly deadLetter: DeadLetterOutcome;
}

/** To bring everything to its end. */
const MOST_STEPS = 10_000;

/** Brings everything to its end as the runner does, and checks that nothing is stuck. */
export function finishTable(world: TableWorld, answers: LastAnswers): void {
  const { table, ledger, options } = world;
  const dueBefore = ledger.dueCount;
  let steps = 0;
  for (world.startDue(); isOpen(world); world.startDue()) {
    steps += 1;
    if (steps > MOST_STEPS) throw new Error("the table goes on without an end");
    if (!world.readLeft() && !world.admitLeft()) goOn(world, answers);
  }
  if (ledger.dueCount - dueBefore > options.mostUpcoming + world.refill.broughtIn)
    throw new Error("more events were upcoming than there is room for");
  table.reportLeft();
  table.rejected.start();
  world.record();
  while (world.startDeadLetter() || world.endDeadLetter(0, answers.deadLetter));
  table.deletes.drain();
  while (table.states.counts.deleting > 0) goOn(world, answers);
}

/** Something is on its way, or there is room for what was left. */
function isOpen({ table, refill, stoppedAtMs }: TableWorld): boolean {
  if (!table.states.isDelivered || refill.isUnderWay) return true;
  return stoppedAtMs === undefined && refill.isWorthIt;
}

function goOn(world: TableWorld, { copy, remove, deadLetter }: LastAnswers): void {
  if (world.startCopies(1) || world.endCopy(0, copy)) return;
  if (world.startDeadLetter() || world.endDeadLetter(0, deadLetter)) return;
  if (world.startCalls(1) || world.endCall(0, copy)) return;
  if (world.sendDeletes() || world.endDelete(0, [remove, "gone"])) return;
  const { nextDueMs, deletes, lanes, states } = world.table;
  if (states.isDelivered && states.counts.deleting === 0) return; // the last calls were postponed
  const { nowMs, monotonicMs } = world.time;
  if (nextDueMs <= nowMs) return; // calls were postponed, so that there is room
  const nextMs = Math.min(deletes.nextMs, lanes.nextMs(monotonicMs));
  const waitMs = Math.min(nextDueMs - nowMs, nextMs - monotonicMs);
  if (!(waitMs > 0 && waitMs < Number.POSITIVE_INFINITY)) throw new Error("the table is stuck");
  world.advance(waitMs);
}
