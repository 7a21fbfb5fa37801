import type { HeldReport, SweptReport } from "@keywhen/core/internal";

/** A sweep that found nothing. */
export const SWEPT: SweptReport = {
  outcome: "swept",
  listed: 0,
  unrecognized: 0,
  due: 0,
  delivered: 0,
  alreadyDelivered: 0,
  gone: 0,
  passedOver: 0,
  wakeUpsLeft: 0,
  retrying: 0,
  blocked: 0,
  dead: 0,
  expired: 0,
  leftInPlace: 0,
  undeleted: 0,
  undecided: 0,
  destinationPauses: 0,
  errors: [],
  truncated: false,
  firstUntriedId: undefined,
  circuitOpen: false,
  orderUncertain: false,
  lease: "taken",
  skewMs: undefined,
  latenessMs: undefined,
  oldestDueAt: undefined,
  requests: { list: 1, head: 0, get: 0, put: 0, copy: 0, move: 0, delete: 0 },
  concurrencyReached: 0,
  durationMs: 3_140,
  dryRun: false,
};

export function heldReport(by: string): HeldReport {
  const { requests, durationMs } = SWEPT;
  return { outcome: "held", by, expiresAt: new Date("2026-11-25T08:00Z"), requests, durationMs };
}
