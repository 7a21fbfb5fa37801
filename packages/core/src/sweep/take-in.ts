import type { DeliveryLine } from "./delivering/delivery-line.js";
import type { DueEvent } from "./due-event.js";
import type { SweepRun } from "./sweep-run.js";

/** Takes an event in that is due: to be delivered, or to be given up. Resolves when there is room for another one. */
export async function takeInDue(run: SweepRun, line: DeliveryLine, event: DueEvent): Promise<void> {
  const { tally, options, windDown, condemned } = run;
  tally.due();
  if (options.isAllowed(event.to)) {
    if (options.dryRun) return;
    if (windDown.reason) return tally.untried(event);
    return line.dispatcher.submit(event);
  }
  line.inHand.take(event.key);
  const isTaken =
    !options.dryRun && condemned.add({ event, reason: "target-not-allowed", error: undefined });
  if (!isTaken) tally.refused(event);
}
