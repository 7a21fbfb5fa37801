import type { SweeperState } from "../../src/api/state.js";

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
