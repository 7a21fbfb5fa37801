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
      const answer = observe?.(event);
      if (isThenable(answer)) answer.then(undefined, keep);
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

function isThenable(answer: unknown): answer is PromiseLike<unknown> {
  const isObject = typeof answer === "object" && answer !== null;
  return isObject && "then" in answer && typeof answer.then === "function";
}
