import type { SweepEvent } from "@keywhen/core";
import type { SweptReport } from "@keywhen/core/internal";
import { ObjectStoreError } from "@keywhen/core/store";
import { describe, expect, it } from "vitest";
import { heldReport, SWEPT } from "../testing/reports.js";
import { createTroubleNotes } from "./trouble-notes.js";

const swept = (report: Partial<SweptReport> = {}): SweepEvent => ({
  type: "swept",
  report: { ...SWEPT, ...report },
});
const heldBy = (by: string): SweepEvent => ({ type: "swept", report: heldReport(by) });
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
  const notes: string[] = [];
  const observe = createTroubleNotes((text) => notes.push(text), "s3://schedule");
  for (const event of events) observe(event);
  return notes;
}

describe("createTroubleNotes()", () => {
  it("reports an outage once, and its end", () => {
    const outage = failed("unavailable");
    expect(notesOf(swept(), outage, outage, outage, swept(), swept())).toEqual([
      "The store did not answer (connect ECONNREFUSED). Trying again.",
      "Sweeping again.",
    ]);
  });

  it("does not report an error that ends the sweeping", () => {
    expect(notesOf(failed("denied"))).toEqual([]);
  });

  it("names another sweeper at work once for all of its sweeps", () => {
    expect(
      notesOf(heldBy("web-1 pid 7/a1"), heldBy("web-1 pid 7/b2"), heldBy("web-2 pid 9/c3")),
    ).toEqual([
      "Another sweeper is at work: web-1 pid 7. This one waits for its turn.",
      "Another sweeper is at work: web-2 pid 9. This one waits for its turn.",
    ]);
  });

  it("reports a clock that is wrong, and not that it was stopped", () => {
    const skewed = swept({ truncated: "clock-skew", skewMs: -4_200 });
    expect(notesOf(skewed, skewed, swept({ truncated: "aborted" }))).toEqual([
      "ended early: this machine's clock is 4.2 s behind the store's, so events would be late: set it (NTP)",
      "Sweeping again.",
    ]);
  });
});
