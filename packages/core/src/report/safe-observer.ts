import { followAnswer } from "../callbacks.js";
import type { Observer, SweepEvent } from "./sweep-event.js";
import type { SweepReport } from "./sweep-report.js";

/** An observer whose errors are kept for a report, not thrown: delivery goes on. One serves all sweeps of a sweeper. */
export interface SafeObserver {
  tell(event: SweepEvent): void;
  /** Passes on that a sweep has ended; returns its report with the first error of the observer since the last report. */
  tellReport<Report extends SweepReport>(report: Report): Report;
}

export function createSafeObserver(observe: Observer | undefined): SafeObserver {
  let firstError: unknown;
  const keep = (error: unknown) => {
    firstError ??= error ?? new Error("the observer threw nothing");
  };
  const tell = (event: SweepEvent) => {
    try {
      followAnswer(observe?.(event), () => {}, keep);
    } catch (error) {
      keep(error);
    }
  };
  return {
    tell,
    tellReport(report) {
      tell({ type: "swept", report });
      if (firstError === undefined) return report;
      const observerError = firstError;
      firstError = undefined;
      return { ...report, observerError };
    },
  };
}
