import type { Requests } from "../requests/counted-store.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import type { DueEvent } from "./due-event.js";
import { createLatenessHistogram } from "./lateness.js";
import type { Observer, SweepEvent } from "./sweep-event.js";
import type { SweepReport, TruncatedReason } from "./sweep-report.js";

/** Counts what happens in a sweep, tells the observer, and makes the report. */
export interface SweepTally {
  listed(): void;
  foreign(key: string): void;
  due(): void;
  delivered(event: DueEvent, latenessMs: number): void;
  gone(): void;
  failed(event: DueEvent, error: ObjectStoreError): void;
  held(event: DueEvent): void;
  refused(event: DueEvent): void;
  undeleted(event: DueEvent, error: ObjectStoreError): void;
  untried(event: DueEvent): void;
  slowed(concurrency: number): void;
  listFailed(error: unknown): void;
  underWay(copies: number): void;
  report(end: SweepEnd): SweepReport;
}

/** What the tally doesn't see. */
interface SweepEnd {
  readonly truncated: false | TruncatedReason;
  readonly unordered: boolean;
  readonly requests: Requests;
  readonly durationMs: number;
  readonly dryRun: boolean;
}

export function createSweepTally(observe: Observer | undefined): SweepTally {
  const counts = {
    listed: 0,
    foreign: 0,
    due: 0,
    delivered: 0,
    gone: 0,
    retrying: 0,
    held: 0,
    refused: 0,
    undeleted: 0,
    undecided: 0,
  };
  const lateness = createLatenessHistogram();
  const left = createLeftBehind();
  let concurrencyReached = 0;
  const observed = createSafeObserver(observe);
  return {
    listed: () => void counts.listed++,
    foreign(key) {
      counts.foreign += 1;
      observed.tell({ type: "foreign", key });
    },
    due: () => void counts.due++,
    delivered({ id, to, size }, latenessMs) {
      counts.delivered += 1;
      lateness.record(latenessMs);
      observed.tell({ type: "delivered", id, to, size, latenessMs });
    },
    gone: () => void counts.gone++,
    failed(event, error) {
      counts[error.undecided ? "undecided" : "retrying"] += 1;
      left.add(event);
      observed.tell({ type: "retrying", id: event.id, error });
    },
    held(event) {
      counts.held += 1;
      left.add(event);
    },
    refused(event) {
      counts.refused += 1;
      left.add(event);
      observed.tell({ type: "refused", id: event.id, to: event.to });
    },
    undeleted(event, error) {
      counts.undeleted += 1;
      left.add(event);
      observed.tell({ type: "undeleted", id: event.id, error });
    },
    untried: (event) => left.addUntried(event),
    slowed: (concurrency) => observed.tell({ type: "slowed", concurrency }),
    listFailed: (error) => observed.tell({ type: "list-failed", error }),
    underWay(copies) {
      concurrencyReached = Math.max(concurrencyReached, copies);
    },
    report(end) {
      const report: SweepReport = {
        outcome: "swept",
        ...counts,
        truncated: end.truncated,
        resumeKey: left.firstUntried()?.id,
        unordered: end.unordered,
        latenessMs: lateness.summary(),
        oldestDueAt: left.oldestDueAt(),
        requests: end.requests,
        concurrencyReached,
        durationMs: end.durationMs,
        dryRun: end.dryRun,
      };
      observed.tell({ type: "swept", report });
      const observerError = observed.firstError();
      return observerError === undefined ? report : { ...report, observerError };
    },
  };
}

/** Remembers, of the events that a sweep leaves waiting, the oldest and the first that was not tried. */
function createLeftBehind() {
  let oldestMs: number | undefined;
  let firstUntried: DueEvent | undefined;
  const add = ({ atMs }: DueEvent) => {
    if (oldestMs === undefined || atMs < oldestMs) oldestMs = atMs;
  };
  return {
    add,
    addUntried(event: DueEvent) {
      add(event);
      if (firstUntried === undefined || event.key < firstUntried.key) firstUntried = event;
    },
    firstUntried: () => firstUntried,
    oldestDueAt: () => (oldestMs === undefined ? undefined : new Date(oldestMs)),
  };
}

/** An observer whose errors are kept, not thrown: delivery goes on. */
function createSafeObserver(observe: Observer | undefined) {
  let firstError: unknown;
  return {
    tell(event: SweepEvent) {
      try {
        observe?.(event);
      } catch (error) {
        firstError ??= error ?? new Error("the observer threw nothing");
      }
    },
    firstError: () => firstError,
  };
}
