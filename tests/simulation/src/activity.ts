import type { SweepReport } from "@keywhen/core";
import type { Process } from "./actors/process.js";
import type { NameStep, ScheduleStep, StepPlan, SweeperPlan } from "./plan.js";

/** What a call of keywhen's API is about. */
export interface ActivityStart {
  /** `sweeper-1#12` or `event-3.2`. */
  readonly name: string;
  readonly process: Process;
  readonly kind: "sweep" | StepPlan["kind"] | ScheduleStep["kind"] | NameStep["kind"];
  readonly sweeper?: SweeperPlan | undefined;
  /** The recurring schedule that a writer's call is about. */
  readonly schedule?: string | undefined;
  /** The name of an event that a writer's call is about. */
  readonly named?: string | undefined;
  /** The key in the schedule that a writer's call is about, once it is known. */
  readonly key?: string | undefined;
  /** Sweeps one after the other, until it is stopped. */
  readonly isStanding?: boolean;
}

/** The names of the occurrences that an answer speaks of. */
export interface ScheduleAnswer {
  readonly outcome: string;
  readonly underWay: string | undefined;
  readonly skipped: string | undefined;
  readonly next: string | undefined;
}

/** The events that an answer about a name speaks of: the new or cancelled one, and the one before it. */
export interface NamedAnswer {
  readonly id?: string | undefined;
  readonly replaced?: string | undefined;
  readonly underWay?: string | undefined;
}

/** One call of keywhen's API by one process, and what it has learned from the store. */
export class Activity {
  readonly name: string;
  readonly process: Process;
  readonly kind: ActivityStart["kind"];
  readonly sweeper: SweeperPlan | undefined;
  readonly isStanding: boolean;
  readonly schedule: string | undefined;
  readonly named: string | undefined;
  readonly startedMs: number;
  /** The same by the clock of its machine. */
  readonly startedByClockMs: number;
  key: string | undefined;
  endedMs: number | undefined;
  /** The keys on its pages, and when each was first on one. */
  readonly listed = new Map<string, number>();
  requests = 0;
  faults = 0;
  report: SweepReport | undefined;
  /** The outcome that its caller learned, or the error's code. */
  result: string | undefined;
  /** What a call about a recurring schedule answered. */
  answer: ScheduleAnswer | undefined;
  /** What a call about a name answered. */
  namedAnswer: NamedAnswer | undefined;

  constructor(startedMs: number, start: ActivityStart) {
    this.startedMs = startedMs;
    this.startedByClockMs = start.process.clock.now();
    this.name = start.name;
    this.process = start.process;
    this.kind = start.kind;
    this.sweeper = start.sweeper;
    this.key = start.key;
    this.schedule = start.schedule;
    this.named = start.named;
    this.isStanding = start.isStanding ?? false;
  }
}
