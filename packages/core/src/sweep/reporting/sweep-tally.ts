import type { ObjectStoreError } from "../../store/object-store-error.js";
import type { DueEvent } from "../due-event.js";
import type { CondemnedEvent } from "../giving-up/condemned.js";
import { createLeftBehind, type LeftBehind } from "../retrying/left-behind.js";
import { createFirstErrors, sweepErrorOf } from "./first-errors.js";
import type { LatenessHistogram } from "./lateness.js";
import type { SafeObserver } from "./safe-observer.js";
import type { SweepEvent } from "./sweep-event.js";
import type { LeaseUse, SweptReport, TruncatedReason } from "./sweep-report.js";

/** Counts what happens in a sweep, tells the observer, and makes the report. */
export interface SweepTally {
  readonly left: Pick<LeftBehind, "unattemptedSinceMs" | "isNothingUntried" | "uncertainMs">;
  readonly dueSoFar: number;
  listed(): void;
  foreign(key: string): void;
  due(): void;
  delivered(event: DueEvent, latenessMs: number): void;
  alreadyDelivered(event: DueEvent): void;
  gone(): void;
  failed(event: DueEvent, error: ObjectStoreError): void;
  /** A copy without an answer is sent again. */
  repeated(event: DueEvent, error: ObjectStoreError): void;
  backingOff(event: DueEvent): void;
  /** It has no turn in this sweep: too many wait behind a bucket that fails slowly. */
  postponed(event: DueEvent): void;
  held(event: DueEvent): void;
  dead(condemned: CondemnedEvent): void;
  /** Can never be delivered, and is left because so many are. */
  refused(condemned: CondemnedEvent, isNothingElseDue: boolean): void;
  undeleted(event: DueEvent, error: ObjectStoreError): void;
  untried(event: DueEvent): void;
  slowed(concurrency: number): void;
  leaseTaken(untilMs: number): void;
  leaseUnsupported(): void;
  leaseUnreadable(): void;
  leaseUnreleased(error: ObjectStoreError): void;
  listFailed(error: unknown): void;
  /** Everything that waits is about to be looked at and counted again. */
  forgetWaiting(): void;
  underWay(copies: number): void;
  report(end: SweepEnd): Omit<SweptReport, "requests" | "durationMs">;
}

/** What the tally doesn't see. */
interface SweepEnd {
  readonly truncated: false | TruncatedReason;
  readonly circuit: boolean;
  readonly unordered: boolean;
  readonly lease: LeaseUse;
  readonly skewMs: number | undefined;
  readonly dryRun: boolean;
}

export function createSweepTally(observed: SafeObserver, lateness: LatenessHistogram): SweepTally {
  const counts = {
    listed: 0,
    foreign: 0,
    due: 0,
    delivered: 0,
    alreadyDelivered: 0,
    gone: 0,
    retrying: 0,
    held: 0,
    dead: 0,
    refused: 0,
    undeleted: 0,
    undecided: 0,
  };
  let untried = 0;
  let isFirstPass = true;
  const left = createLeftBehind();
  const errors = createFirstErrors();
  const tellError = (event: Extract<SweepEvent, { error: unknown }>) => {
    errors.add(sweepErrorOf(event.type, event.error));
    observed.tell(event);
  };
  let concurrencyReached = 0;
  return {
    left,
    get dueSoFar() {
      return counts.due;
    },
    listed() {
      if (isFirstPass) counts.listed += 1;
    },
    foreign(key) {
      if (!isFirstPass) return; // told already, but for a few that came since
      counts.foreign += 1;
      observed.tell({ type: "foreign", key });
    },
    due: () => void counts.due++,
    delivered({ id, to, size }, latenessMs) {
      counts.delivered += 1;
      lateness.record(latenessMs);
      observed.tell({ type: "delivered", id, to, size, latenessMs });
    },
    alreadyDelivered({ id, to }) {
      counts.alreadyDelivered += 1;
      observed.tell({ type: "already-delivered", id, to });
    },
    gone: () => void counts.gone++,
    failed(event, error) {
      counts[error.undecided ? "undecided" : "retrying"] += 1;
      left.tried(event);
      if (error.undecided) left.uncertain(event);
      tellError({ type: "retrying", id: event.id, error });
    },
    repeated: ({ id }, error) => tellError({ type: "repeated", id, error }),
    backingOff(event) {
      counts.retrying += 1;
      left.tried(event);
    },
    postponed(event) {
      counts.retrying += 1;
      left.postponed(event);
    },
    held(event) {
      counts.held += 1;
      left.held(event);
    },
    dead({ event: { id }, reason, error, why }) {
      counts.dead += 1;
      errors.add({ type: "dead", code: error?.code ?? reason, message: why });
      observed.tell({ type: "dead", id, reason, error });
    },
    refused({ event, reason, error, why }, isNothingElseDue) {
      counts.refused += 1;
      left[isNothingElseDue ? "postponed" : "refused"](event);
      errors.add({ type: "refused", code: error?.code ?? reason, message: why });
      observed.tell({ type: "refused", id: event.id, to: event.to, reason, message: why });
    },
    undeleted(event, error) {
      counts.undeleted += 1;
      left.tried(event);
      left.uncertain(event);
      tellError({ type: "undeleted", id: event.id, error });
    },
    untried(event) {
      untried += 1;
      left.untried(event);
    },
    slowed: (concurrency) => observed.tell({ type: "slowed", concurrency }),
    leaseTaken: (untilMs) => observed.tell({ type: "lease-taken", until: new Date(untilMs) }),
    leaseUnsupported: () => observed.tell({ type: "lease-unsupported" }),
    leaseUnreadable: () => observed.tell({ type: "lease-unreadable" }),
    leaseUnreleased: (error) => tellError({ type: "lease-unreleased", error }),
    listFailed: (error) => tellError({ type: "list-failed", error }),
    forgetWaiting() {
      counts.due -= counts.retrying + counts.held + counts.undecided + untried;
      counts.retrying = 0;
      counts.held = 0;
      counts.undecided = 0;
      untried = 0;
      isFirstPass = false;
      left.forget();
    },
    underWay(copies) {
      concurrencyReached = Math.max(concurrencyReached, copies);
    },
    report(end) {
      return {
        outcome: "swept",
        ...counts,
        ...end,
        errors: errors.list,
        resumeKey: left.firstUntried?.id,
        latenessMs: lateness.summary(),
        oldestDueAt: left.oldestDueAt,
        concurrencyReached,
      };
    },
  };
}
