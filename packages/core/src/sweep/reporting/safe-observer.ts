import type { Observer, SweepEvent } from "./sweep-event.js";
import type { SweepReport } from "./sweep-report.js";

/** An observer whose errors are kept, not thrown: delivery goes on. */
export interface SafeObserver {
  tell(event: SweepEvent): void;
  /** Tells that the sweep has ended; gives the report with the first error that the observer threw, if it did. */
  tellReport<Report extends SweepReport>(report: Report): Report;
}

export function createSafeObserver(observe: Observer | undefined): SafeObserver {
  let firstError: unknown;
  const tell = (event: SweepEvent) => {
    try {
      observe?.(event);
    } catch (error) {
      firstError ??= error ?? new Error("the observer threw nothing");
    }
  };
  return {
    tell,
    tellReport(report) {
      tell({ type: "swept", report });
      return firstError === undefined ? report : { ...report, observerError: firstError };
    },
  };
}
