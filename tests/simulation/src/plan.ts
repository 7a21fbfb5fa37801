import type { CursedKinds, FaultRates } from "./faults.js";
import type { ProfileName } from "./profiles.js";
import { SCHEDULE_BUCKET } from "./schedule-keys.js";

/** A world as data: parts can be left out without changing the rest. */
export interface Plan {
  readonly seed: number;
  readonly profile: ProfileName;
  readonly startMs: number;
  /** How long faults happen; then the schedule must empty. */
  readonly chaosMs: number;
  readonly rates: FaultRates;
  /** How likely one kind of request keeps failing for a whole sweep, and which may. */
  readonly cursedSweeps: { readonly chance: number; readonly kinds: CursedKinds };
  readonly writers: readonly WriterPlan[];
  readonly sweepers: readonly SweeperPlan[];
  readonly events: readonly EventPlan[];
  readonly schedules: readonly SchedulePlan[];
  /** Events with names; in most worlds none. */
  readonly names: readonly NamePlan[];
  /** Take events instead of a copy; in most worlds none. */
  readonly destinations: readonly DestinationPlan[];
  /** Destinations without events. They share the memory, so that few events fill a lane. */
  readonly idleDestinations: number;
  /** Whether sweepers write the journal, and whether the store answers no put of it while faults happen. */
  readonly keptJournal: "no" | "yes" | "hangs";
  readonly outages: readonly OutagePlan[];
  readonly consumers: ConsumerPlan;
  readonly unrecognizedKeys: readonly string[];
  /** Announced numbers of shards, and when writers use them. */
  readonly shardMap: readonly { readonly shards: number; readonly fromMs: number }[];
  /** Names of events, steps, hosts and kinds of fault that were left out. */
  readonly without: ReadonlySet<string>;
}

/** How long a world's faults last. */
export type Span = Pick<Plan, "startMs" | "chaosMs">;

export interface ClockPlan {
  readonly skewMs: number;
  readonly jumps: readonly { readonly atMs: number; readonly byMs: number }[];
  /** What its time zone data say of `CHANGING_ZONE`; `undefined`: that its clocks never change. */
  readonly zoneChange?: ZoneChange | undefined;
}

/** From an instant on, a zone's clocks are forward, or back, by some minutes. */
export interface ZoneChange {
  readonly atMs: number;
  readonly byMinutes: number;
}

/** The only zone whose clocks change in a world. */
export const CHANGING_ZONE = { timeZone: "Asia/Kolkata", aheadMinutes: 330 };

interface WriterPlan {
  readonly name: string;
  readonly clock: ClockPlan;
  readonly incidents: readonly IncidentPlan[];
}

export interface SweeperPlan {
  readonly name: string;
  readonly clock: ClockPlan;
  /** `function`: a new process at each wake, with a deadline; `daemon`: one process, until it dies. */
  readonly style: "function" | "daemon";
  readonly firstWakeMs: number;
  readonly everyMs: number;
  readonly lifeMs: number;
  readonly concurrency: number;
  readonly whenHeld: "leave" | "wait";
  readonly leaseSeconds: number;
  readonly maxAgeMinutes: number;
  /** `undefined`: it does not look ahead. */
  readonly pollSeconds: number | undefined;
  /** Whether it delivers recurring schedules. */
  readonly completesWakeUps: boolean;
  readonly incidents: readonly IncidentPlan[];
}

/** What happens to a host's process at any moment; it comes back afterwards. */
export interface IncidentPlan {
  readonly atMs: number;
  readonly kind: "stop" | "crash" | "freeze" | "suspend";
  readonly forMs: number;
}

export interface EventPlan {
  readonly name: string;
  readonly dueMs: number;
  readonly to: { readonly bucket: string; readonly key: string };
  readonly chosenId: string | undefined;
  /** How long after its instant it may be delivered; `undefined`: without a limit. */
  readonly expiresAfterMs: number | undefined;
  /** By its writer's old configuration, or the shard map. */
  readonly shards: number | "map";
  /** Put by a program without keywhen, with no delivery id. */
  readonly isHandWritten: boolean;
  readonly steps: readonly StepPlan[];
}

/** The first step of each event schedules it. */
export interface StepPlan {
  readonly name: string;
  readonly atMs: number;
  readonly writer: string;
  readonly kind: "schedule" | "cancel" | "reschedule" | "cancel-overdue" | "redrive";
  /** For `reschedule`. */
  readonly newDueMs: number;
  /** Uses the event's first id instead of the last. */
  readonly ofFirstId: boolean;
  /** Of a `reschedule` that also replaces the content. */
  readonly replacement: ReplacementPlan | undefined;
}

interface ReplacementPlan {
  /** The event stays due when it is. */
  readonly keepsInstant: boolean;
  /** Gives neither metadata nor cache control. */
  readonly keepsMetadata: boolean;
}

/** The event of a name, which writers put and cancel. */
export interface NamePlan {
  readonly name: string;
  readonly to: { readonly bucket: string; readonly key: string };
  readonly steps: readonly NameStep[];
}

export interface NameStep {
  readonly name: string;
  /** `reschedule` and `cancel`: by the id that the name's event has, so that the object of the name is stale. */
  readonly kind: "put-name" | "cancel-name" | "reschedule" | "cancel";
  readonly atMs: number;
  readonly writer: string;
  /** Of a put and a reschedule. */
  readonly dueMs: number;
}

/** A recurring schedule. */
export interface SchedulePlan {
  readonly name: string;
  readonly steps: readonly ScheduleStep[];
}

export interface ScheduleStep {
  readonly name: string;
  readonly kind: (typeof SCHEDULE_VERBS)[number];
  readonly atMs: number;
  readonly writer: string;
  /** Of a step that puts it. */
  readonly content: ScheduleContent | undefined;
}

/**
 * `start-schedule`: put by a program that can't compute occurrences. `remove-wake-ups`: by hand, as nothing of keywhen does.
 */
const SCHEDULE_VERBS = [
  "put-schedule",
  "start-schedule",
  "pause-schedule",
  "resume-schedule",
  "skip-occurrence",
  "trigger-schedule",
  "delete-schedule",
  "remove-wake-ups",
  "repair-schedule",
] as const;

export interface ScheduleContent {
  /** Names the content: the same label, the same content. */
  readonly label: string;
  readonly rule: RulePlan;
  readonly to: { readonly bucket: string; readonly key: string };
  readonly isLarge: boolean;
  readonly missed: "latest" | "skip" | "all";
  readonly maxLateMs: number | undefined;
  readonly untilMs: number | undefined;
  readonly windowMs: number;
}

/** Occurs at each minute of the hour that is `offset` above a multiple of `minutes`, or in an interval from an anchor. */
export interface RulePlan {
  readonly kind: "every" | "cron" | "fixed-times";
  readonly minutes: number;
  readonly offset: number;
  readonly anchorMs: number;
  readonly timeZone: string;
  /** How far the zone is ahead of UTC. */
  readonly aheadMinutes: number;
}

/** What sweepers hand events to whose target bucket has this name. */
export interface DestinationPlan {
  readonly name: string;
  readonly timeoutSeconds: number;
  readonly concurrency: number;
  /** Whether its receiver says if it has an event. */
  readonly canFind: boolean;
  /** How likely it rejects an event for good. */
  readonly rejects: number;
  /** It answers nothing until the world is healed. */
  readonly hangs: boolean;
}

export interface OutagePlan {
  readonly bucket: string;
  readonly code: "denied" | "throttled" | "no-such-bucket";
  /** Which requests are refused; `no-such-bucket` refuses all. */
  readonly kinds: readonly string[];
  readonly fromMs: number;
  readonly untilMs: number;
}

interface ConsumerPlan {
  /** How likely a delivered object is taken away, and how soon at most. */
  readonly removes: number;
  readonly withinMs: number;
}

export const TARGET_BUCKETS = ["inbox", "outbox"] as const;
/** Not among the sweepers' `allowTargets`. */
export const FORBIDDEN_BUCKET = "forbidden";
/** Never exists. */
export const MISSING_BUCKET = "missing";
/** A key that has this in it is refused by every target. */
export const REFUSED_KEY_PART = "refused-key";
export const ALLOW_TARGETS = [
  ...TARGET_BUCKETS.map((bucket) => `${bucket}/*`),
  `${MISSING_BUCKET}/*`,
  `${SCHEDULE_BUCKET}/delivered/*`,
];

/** keywhen's default. */
export const ALLOWED_SKEW_MS = 1_250;
