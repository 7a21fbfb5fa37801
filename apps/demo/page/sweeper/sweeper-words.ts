import type { SweeperState } from "../../src/api/index.js";

export interface Words {
  readonly title: string;
  readonly tone: "ok" | "warn" | "bad";
  /** What it means for what is due. */
  readonly meaning: string;
}

/** What a sweeper's state means, in words. */
export function sweeperWords(sweeper: SweeperState): Words {
  if (sweeper.failure) {
    return { title: "In trouble", tone: "bad", meaning: sweeper.failure.message };
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
          ? "Another sweeper holds the lease; this one stands by."
          : "Another sweeper holds the lease.",
      };
    case "unknown":
      return {
        title: "Not sweeping here",
        tone: "warn",
        meaning: "This store can't tell whether another sweeper is at work.",
      };
    case "stopped":
      return {
        title: "Nobody sweeps",
        tone: "warn",
        meaning: "What is due stays where it is until somebody sweeps.",
      };
  }
}
