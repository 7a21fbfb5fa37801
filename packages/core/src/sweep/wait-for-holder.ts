import type { SweepOptions } from "./sweep-run.js";

/** How often who waits looks whether the lease has become free. */
const LOOK_EVERY_MS = 5_000;

/** Waits a little for another sweeper, if that is wanted and time is left; false if it isn't worth another look. */
export async function waitForHolder({
  home,
  whenHeld,
  signal,
  deadlineMs,
}: SweepOptions): Promise<boolean> {
  if (whenHeld === "leave" || signal?.aborted) return false;
  const { clock } = home;
  if (deadlineMs !== undefined && clock.now() + LOOK_EVERY_MS >= deadlineMs) return false;
  await clock.sleep(LOOK_EVERY_MS, { signal });
  return !signal?.aborted;
}
