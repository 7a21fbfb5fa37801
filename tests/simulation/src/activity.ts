import type { SweepReport } from "@keywhen/core";
import type { Process } from "./actors/process.js";
import type { StepPlan, SweeperPlan } from "./plan.js";

/** One call of keywhen's API by one process, and what it has learned from the store. */
export interface Activity {
  /** `sweeper-1#12` or `event-3.2`. */
  readonly name: string;
  readonly process: Process;
  readonly kind: "sweep" | StepPlan["kind"];
  readonly sweeper: SweeperPlan | undefined;
  /** The key in the schedule which a writer's call is about, as soon as it is known. */
  key: string | undefined;
  /** Sweeps one after the other, until it is stopped. */
  readonly isStanding: boolean;
  readonly startedMs: number;
  endedMs: number | undefined;
  /** Keys in the pages that it was given, and when each was given to it first. */
  readonly listed: Map<string, number>;
  /** Requests that it has sent. */
  requests: number;
  /** Faults that have befallen its requests. */
  faults: number;
  report: SweepReport | undefined;
  /** The outcome that its caller was told, or the error's code. */
  told: string | undefined;
}

export function startActivity(
  about: Pick<Activity, "name" | "process" | "kind" | "sweeper" | "key" | "startedMs"> & {
    readonly isStanding?: boolean;
  },
): Activity {
  return {
    isStanding: false,
    ...about,
    endedMs: undefined,
    listed: new Map(),
    requests: 0,
    faults: 0,
    report: undefined,
    told: undefined,
  };
}
