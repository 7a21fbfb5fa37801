import type { DeliveryLine } from "./delivering/delivery-line.js";
import type { DueEvent } from "./due-event.js";
import type { SweepRun } from "./sweep-run.js";

/** Takes events in that are due, each as soon as there is room for it. */
export async function takeInAll(
  run: SweepRun,
  line: DeliveryLine,
  events: Iterable<DueEvent>,
): Promise<void> {
  for (const event of events) {
    takeIn(run, line, event);
    const room = line.dispatcher.room();
    if (room !== undefined) await room;
  }
}

/** To be delivered, or to be given up. */
function takeIn(run: SweepRun, line: DeliveryLine, event: DueEvent): void {
  const { tally, options, windDown, condemned } = run;
  tally.due();
  if (options.targets.isAllowed(event.to)) {
    if (options.dryRun) return;
    if (windDown.reason) tally.untried(event);
    else line.dispatcher.submit(event);
    return;
  }
  line.inHand.take(event.key);
  const why = options.targets.whyRefused(event.to);
  const refused = { event, reason: "target-not-allowed", error: undefined, why } as const;
  const isTaken = !options.dryRun && condemned.add(refused);
  if (!isTaken) tally.refused(refused, false);
}
