import type { SweeperState, SweepSummary } from "../../src/api/state.js";
import { counted } from "../format/count.js";
import { span } from "../format/span.js";
import type { NoticeWords } from "../parts/outcome-words.js";

export interface Words {
  readonly title: string;
  readonly tone: "ok" | "warn" | "bad";
  /** What happens to due events. */
  readonly meaning: string;
}

/** Describes a sweeper's state. */
export function sweeperWords(sweeper: SweeperState): Words {
  if (sweeper.failure) {
    return { title: "Failed", tone: "bad", meaning: sweeper.failure.message };
  }
  switch (sweeper.at) {
    case "here":
      return {
        title: "Sweeping here",
        tone: "ok",
        meaning: "Events are delivered at their instants.",
      };
    case "elsewhere":
      return {
        title: "Sweeping elsewhere",
        tone: "ok",
        meaning: sweeper.isStarted
          ? "Another sweeper holds the lease; this one waits for its turn."
          : "Another sweeper holds the lease.",
      };
    case "unknown":
      return {
        title: "Not sweeping here",
        tone: "warn",
        meaning: "This store has no lease, so another sweeper may be at work.",
      };
    case "stopped":
      return {
        title: "No sweeper",
        tone: "warn",
        meaning: "Due events wait until a sweeper runs.",
      };
  }
}

/** What a sweep by the button did. */
export function sweptWords(sweep: SweepSummary): NoticeWords {
  if (sweep.outcome === "held") {
    return ["warn", `Left to the sweeper at work: ${sweep.by ?? "another one"}.`];
  }
  const refusal = whyRefused(sweep);
  const swept = `Swept: ${counted(sweep.delivered ?? 0, "event")} delivered in ${span(sweep.durationMs)}.`;
  return [refusal === undefined ? "ok" : "warn", swept, refusal];
}

/** Returns why a sweep left due events in place, and what to do about it. */
export function whyRefused({ leftInPlace, errors = [] }: SweepSummary): string | undefined {
  if (!leftInPlace) return undefined;
  const reasons = errors.filter(({ type }) => type === "refused");
  const why = reasons.map(({ message }) => message).join("; ");
  const what = `${counted(leftInPlace, "event")} refused and left in place: ${why}.`;
  if (!reasons.some(({ code }) => code === "target-not-allowed")) return what;
  return `${what} Start the demo again with an --allow that matches their targets.`;
}

export const OUTSIDE_ALLOW =
  "No pattern of --allow matches the target, so this server's sweeper refuses the event. Start the demo again with one that does.";
