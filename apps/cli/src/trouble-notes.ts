import type { Observer, SweepEvent, SweepReport } from "@keywhen/core";
import { isStoreError } from "@keywhen/core/store";
import { explainError } from "./explain-error.js";
import { holderOf } from "./run-state.js";
import { sweepProblems } from "./sweep-summary.js";

/** Tells what keeps sweeps from their work, once for as long as it lasts, and when they go on. */
export function createTroubleNotes(
  note: (text: string) => void,
  storeUrl: string | undefined,
): Observer {
  let trouble: string | undefined;
  let holder: string | undefined;

  const tellTrouble = (text: string | undefined) => {
    if (text === undefined || text === trouble) return;
    trouble = text;
    note(text);
  };
  const tellHolder = (by: string) => {
    if (by !== holder) note(`Another sweeper is at work: ${by}. This one stands by.`);
    holder = by;
  };

  return (event) => {
    if (isGoingOn(event)) {
      if (trouble !== undefined) note("Sweeping again.");
      trouble = undefined;
    } else if (event.type === "swept" && event.report.outcome === "held") {
      tellHolder(holderOf(event.report.by));
    } else {
      tellTrouble(troubleOf(event, storeUrl));
    }
  };
}

function isGoingOn(event: SweepEvent): boolean {
  if (event.type === "swept") return problemsOf(event.report).length === 0 && !isHeld(event.report);
  return event.type === "delivered";
}

function troubleOf(event: SweepEvent, storeUrl: string | undefined): string | undefined {
  if (event.type === "swept") return problemsOf(event.report).join("; ");
  if (event.type === "list-failed") return `listing broke off: ${textOf(event.error, storeUrl)}`;
  if (event.type !== "sweep-failed") return undefined;
  if (!isStoreError(event.error) || !event.error.retryable) return undefined; // sweeping ends with it
  return `${textOf(event.error, storeUrl)} Trying again.`;
}

function problemsOf(report: SweepReport): readonly string[] {
  if (report.outcome === "held" || report.truncated === "aborted") return [];
  return sweepProblems(report);
}

function isHeld({ outcome }: SweepReport): boolean {
  return outcome === "held";
}

function textOf(error: unknown, storeUrl: string | undefined): string {
  return explainError(error, storeUrl).message;
}
