import { withinBudget } from "../../adapter/within-budget.js";
import type { DeliveryLine } from "../delivering/delivery-line.js";
import type { SweepRun } from "../sweep-run.js";
import { bury } from "./bury.js";
import { type CondemnedEvent, isCircuitOpen } from "./condemned.js";

/**
 * Moves the events that are to be given up to the dead letters, after all that is alive has been delivered. If too
 * many can never work, those are left: the configuration is wrong, and the next sweep finds it repaired.
 */
export async function buryCondemned(run: SweepRun, line: DeliveryLine): Promise<void> {
  const { condemned, tally } = run;
  run.circuit = isCircuitOpen(condemned, tally.dueSoFar);
  const isNothingElseDue = condemned.refusedCount >= tally.dueSoFar;
  if (run.circuit) for (const one of condemned.hopeless) tally.refused(one, isNothingElseDue);
  const doomed = run.circuit ? condemned.aged : [...condemned.hopeless, ...condemned.aged];
  const budget = { budget: line.limit.current, weightOf: () => 1 };
  await withinBudget(doomed, budget, (one) => buryOne(run, line, one));
}

async function buryOne(run: SweepRun, line: DeliveryLine, one: CondemnedEvent): Promise<void> {
  const { tally, windDown, home, store } = run;
  if (windDown.reason || line.permit(0) !== undefined) return tally.untried(one.event);
  const { bucket, deadPrefix, clock } = home;
  const options = { store, bucket, deadPrefix, clock, signal: windDown.copySignal };
  const burial = await bury(options, one);
  switch (burial.outcome) {
    case "buried":
      tally.dead(one);
      return line.dispatcher.discard(one.event);
    case "gone":
      return tally.gone();
    case "failed":
      return tally.failed(one.event, burial.error);
  }
}
