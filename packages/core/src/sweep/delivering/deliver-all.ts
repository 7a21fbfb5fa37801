import { buryCondemned } from "../giving-up/bury-condemned.js";
import { releaseRange } from "../range.js";
import type { SweepRun } from "../sweep-run.js";
import { createDeliveryLine, type DeliveryLine } from "./delivery-line.js";
import type { Hands } from "./in-hand.js";

/**
 * Brings to its end whatever `takeIn` takes in: copied, deleted or given up; then lets go of the lease. If taking in
 * fails, what is under way ends all the same before the lease is free, and then the error is thrown.
 */
export async function deliverAll(
  run: SweepRun,
  inHand: Hands,
  takeIn: (line: DeliveryLine) => Promise<void>,
): Promise<void> {
  const line = createDeliveryLine(run, inHand);
  try {
    await takeIn(line);
  } catch (error) {
    run.windDown.stop("list-failed");
    await endAll(run, line);
    throw error;
  }
  await endAll(run, line);
}

async function endAll(run: SweepRun, line: DeliveryLine): Promise<void> {
  try {
    await line.dispatcher.settled();
    await buryCondemned(run, line);
    await line.deletes.drain();
  } finally {
    run.unordered = line.lines.isUnordered;
    await releaseRange(run);
  }
}
