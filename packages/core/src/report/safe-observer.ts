import { followAnswer } from "../callbacks.js";
import type { Observer, SweepEvent } from "./sweep-event.js";
import type { SweepReport } from "./sweep-report.js";

/** Calls an observer, and keeps its errors for a report: delivery goes on. One serves all sweeps of a sweeper. */
export class SafeObserver {
  readonly #observe: Observer | undefined;
  #firstError: unknown;

  constructor(observe: Observer | undefined) {
    this.#observe = observe;
  }

  readonly notify = (event: SweepEvent): void => {
    if (this.#observe === undefined) return;
    try {
      followAnswer(this.#observe(event), () => {}, this.#keep);
    } catch (error) {
      this.#keep(error);
    }
  };

  /** A sweep has ended. Returns its report with the first error of the observer since the last report. */
  notifyReport<Report extends SweepReport>(report: Report): Report {
    this.notify({ type: "swept", report });
    if (this.#firstError === undefined) return report;
    const observerError = this.#firstError;
    this.#firstError = undefined;
    return { ...report, observerError };
  }

  readonly #keep = (error: unknown): void => {
    this.#firstError ??=
      error ??
      new Error("The observer threw no value. Throw an Error, so that the report can show it.");
  };
}
