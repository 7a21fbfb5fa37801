import type { SweepEnd } from "../report/sweep-event.js";
import { noRequests } from "../requests/wrap-store.js";

/** The facts about a sweep that had nothing to do. */
export const SWEEP_END: SweepEnd = {
  truncated: false,
  circuitOpen: false,
  orderUncertain: false,
  lease: "none",
  skewMs: undefined,
  concurrencyReached: 0,
  requests: noRequests(),
  durationMs: 0,
  dryRun: false,
};
