import type { Observer, SweepEvent, SweepReport } from "@keywhen/core";
import { isStoreError } from "@keywhen/core/store";
import { holderOf } from "@keywhen/host";
import { explainError } from "../output/explain-error.js";
import { sweepProblems } from "./sweep-summary.js";

/** Notes a problem that stops sweeps once, however long it lasts, and notes when they continue. */
export function createTroubleNotes(
  note: (text: string) => void,
  storeUrl: string | undefined,
): Observer {
  let trouble: string | undefined;
  let holder: string | undefined;

  const noteTrouble = (text: string | undefined) => {
    if (text === undefined || text === trouble) return;
    trouble = text;
    note(text);
  };
  const noteHolder = (by: string) => {
    if (by !== holder) note(`Another sweeper is at work: ${by}. This one waits for its turn.`);
    holder = by;
  };

  return (event) => {
    if (isSweeping(event)) {
      if (trouble !== undefined) note("Sweeping again.");
      trouble = undefined;
    } else if (event.type === "swept" && event.report.outcome === "held") {
      noteHolder(holderOf(event.report.by));
    } else {
      noteTrouble(troubleOf(event, storeUrl));
    }
  };
}

function isSweeping(event: SweepEvent): boolean {
  if (event.type !== "swept") return event.type === "delivered";
  return event.report.outcome !== "held" && problemsOf(event.report).length === 0;
}

function troubleOf(event: SweepEvent, storeUrl: string | undefined): string | undefined {
  if (event.type === "swept") return problemsOf(event.report).join("; ");
  if (event.type === "list-failed") return `listing failed: ${textOf(event.error, storeUrl)}`;
  if (event.type !== "sweep-failed") return undefined;
  if (!isStoreError(event.error) || !event.error.retryable) return undefined; // sweeping ends with it
  return `${textOf(event.error, storeUrl)} Trying again.`;
}

function problemsOf(report: SweepReport): readonly string[] {
  if (report.outcome === "held" || report.truncated === "aborted") return [];
  return sweepProblems(report);
}

function textOf(error: unknown, storeUrl: string | undefined): string {
  return explainError(error, storeUrl).message;
}
