import type { SweepEvent, SweptReport } from "@keywhen/core";
import { ObjectStoreError } from "@keywhen/core/store";
import { describe, expect, it } from "vitest";
import { createTroubleNotes } from "./trouble-notes.js";

const REQUESTS = { list: 1, head: 0, get: 0, put: 0, copy: 0, move: 0, delete: 0 };
const CLEAN: SweptReport = {
  outcome: "swept",
  listed: 0,
  unrecognized: 0,
  due: 0,
  delivered: 0,
  alreadyDelivered: 0,
  gone: 0,
  retrying: 0,
  blocked: 0,
  dead: 0,
  leftInPlace: 0,
  undeleted: 0,
  undecided: 0,
  errors: [],
  truncated: false,
  firstUntriedId: undefined,
  circuitOpen: false,
  orderUncertain: false,
  latenessMs: undefined,
  oldestDueAt: undefined,
  requests: REQUESTS,
  lease: "taken",
  skewMs: 0,
  concurrencyReached: 0,
  durationMs: 1,
  dryRun: false,
};

const swept = (report: Partial<SweptReport> = {}): SweepEvent => ({
  type: "swept",
  report: { ...CLEAN, ...report },
});
const heldBy = (by: string): SweepEvent => ({
  type: "swept",
  report: { outcome: "held", by, expiresAt: new Date(0), requests: REQUESTS, durationMs: 1 },
});
const failed = (code: "unavailable" | "denied"): SweepEvent => ({
  type: "sweep-failed",
  error: new ObjectStoreError({
    code,
    operation: "list",
    bucket: "schedule",
    message: "connect ECONNREFUSED",
    retryable: code === "unavailable",
  }),
});

function notesOf(...events: readonly SweepEvent[]): readonly string[] {
  const told: string[] = [];
  const observe = createTroubleNotes((text) => told.push(text), "s3://schedule");
  for (const event of events) observe(event);
  return told;
}

describe("createTroubleNotes()", () => {
  it("tells of an outage once, and of its end", () => {
    const outage = failed("unavailable");
    expect(notesOf(swept(), outage, outage, outage, swept(), swept())).toEqual([
      "The store did not answer (connect ECONNREFUSED). Trying again.",
      "Sweeping again.",
    ]);
  });

  it("leaves what ends the sweeping to its end", () => {
    expect(notesOf(failed("denied"))).toEqual([]);
  });

  it("tells who else is at work, whichever of its sweeps it is", () => {
    expect(
      notesOf(heldBy("web-1 pid 7/a1"), heldBy("web-1 pid 7/b2"), heldBy("web-2 pid 9/c3")),
    ).toEqual([
      "Another sweeper is at work: web-1 pid 7. This one stands by.",
      "Another sweeper is at work: web-2 pid 9. This one stands by.",
    ]);
  });

  it("tells of a clock that is off, and not of having been stopped", () => {
    const skewed = swept({ truncated: "clock-skew", skewMs: -4_200 });
    expect(notesOf(skewed, skewed, swept({ truncated: "aborted" }))).toEqual([
      "ended early: this machine's clock is 4.2 s behind the store's, so events would be late: set it (NTP)",
      "Sweeping again.",
    ]);
  });
});
