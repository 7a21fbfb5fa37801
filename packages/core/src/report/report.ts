import type { EventId } from "../key/key-codec.js";
import { isStoreError } from "../store/object-store-error.js";
import { createLatenessHistogram, type LatenessHistogram } from "./lateness.js";
import type { LeftReason, SweepEnd, SweepEvent } from "./sweep-event.js";
import type { SweptReport } from "./sweep-report.js";

/** The events of a report by what became of them. */
export interface ReportCounts {
  listed: number;
  unrecognized: number;
  due: number;
  delivered: number;
  alreadyDelivered: number;
  gone: number;
  retrying: number;
  blocked: number;
  dead: number;
  leftInPlace: number;
  undeleted: number;
  undecided: number;
}

type Staying = Extract<SweepEvent, { dueAt: Date }>;

/** Returns the report of one sweep of one partition, made of nothing but its events; `undefined` if it has not ended. */
export function sweepReportOf(events: Iterable<SweepEvent>): SweptReport | undefined {
  const fold = new ReportFold();
  let end: SweepEnd | undefined;
  for (const event of events) {
    fold.add(event);
    if (event.type === "ended") end = event;
  }
  return end && fold.report(end);
}

/** Folds the events of one sweep of one partition into its report. */
export class ReportFold {
  readonly #counts: ReportCounts = {
    listed: 0,
    unrecognized: 0,
    due: 0,
    delivered: 0,
    alreadyDelivered: 0,
    gone: 0,
    retrying: 0,
    blocked: 0,
    dead: 0,
    leftInPlace: 0,
    undeleted: 0,
    undecided: 0,
  };
  readonly #errors = createFirstErrors();
  readonly #lateness: LatenessHistogram;
  #untried = 0;
  #firstUntriedId: EventId | undefined;
  #oldestDueAt: Date | undefined;

  /** `lateness`: a histogram that sweeps of several partitions share. */
  constructor(lateness = createLatenessHistogram()) {
    this.#lateness = lateness;
  }

  /** Returns the report of what was added, with the facts about the sweep as a whole. */
  report(end: SweepEnd): SweptReport {
    return {
      outcome: "swept",
      ...this.#counts,
      truncated: end.truncated,
      circuitOpen: end.circuitOpen,
      orderUncertain: end.orderUncertain,
      lease: end.lease,
      skewMs: end.skewMs,
      concurrencyReached: end.concurrencyReached,
      requests: end.requests,
      durationMs: end.durationMs,
      dryRun: end.dryRun,
      errors: this.#errors.list,
      firstUntriedId: this.#firstUntriedId,
      latenessMs: this.#lateness.summary(),
      oldestDueAt: this.#oldestDueAt,
    };
  }

  add(event: SweepEvent): void {
    const name = countOf(event);
    if (name !== undefined) this.#counts[name] += amountOf(event);
    if (event.type === "delivered") this.#lateness.record(event.latenessMs);
    else if (event.type === "relisted") this.#relisted();
    else if ("dueAt" in event) this.#stays(event);
    const error = errorOf(event);
    if (error !== undefined) this.#errors.add(error);
  }

  #stays(event: Staying): void {
    const { dueAt, id } = event;
    if (this.#oldestDueAt === undefined || dueAt < this.#oldestDueAt) this.#oldestDueAt = dueAt;
    if (event.type !== "left" || event.reason !== "untried") return;
    this.#untried += 1;
    if (this.#firstUntriedId === undefined || id < this.#firstUntriedId) this.#firstUntriedId = id;
  }

  /** Forgets what stayed: it is met again. */
  #relisted(): void {
    const counts = this.#counts;
    const waiting = counts.retrying + counts.blocked + counts.undecided + counts.leftInPlace;
    counts.due -= waiting + this.#untried;
    Object.assign(counts, { retrying: 0, blocked: 0, undecided: 0, leftInPlace: 0 });
    this.#untried = 0;
    this.#firstUntriedId = undefined;
    this.#oldestDueAt = undefined;
  }
}

/** The count that an event belongs to; `undefined` if it belongs to none. */
function countOf(event: SweepEvent): keyof ReportCounts | undefined {
  switch (event.type) {
    case "listed":
    case "unrecognized":
    case "due":
    case "delivered":
    case "gone":
    case "dead":
    case "undeleted":
      return event.type;
    case "refused":
      return "leftInPlace";
    case "already-delivered":
      return "alreadyDelivered";
    case "failed":
      return event.error.undecided ? "undecided" : "retrying";
    case "left":
      return COUNT_OF_LEFT[event.reason];
    default:
      return undefined;
  }
}

const COUNT_OF_LEFT = {
  "backing-off": "retrying",
  postponed: "retrying",
  blocked: "blocked",
  untried: undefined,
} as const satisfies Record<LeftReason, keyof ReportCounts | undefined>;

function amountOf(event: SweepEvent): number {
  if (event.type === "listed") return event.keys;
  return event.type === "due" ? event.count : 1;
}

function errorOf(event: SweepEvent): SweepError | undefined {
  switch (event.type) {
    case "failed":
    case "undeleted":
    case "repeated":
    case "list-failed":
    case "lease-unreleased":
      return sweepErrorOf(event.type, event.error);
    case "refused":
    case "dead": {
      const { type, reason, error, message } = event;
      return { type, code: error?.code ?? reason, message };
    }
    default:
      return undefined;
  }
}

/** An error in a report. */
export interface SweepError {
  readonly type: SweepEvent["type"];
  /** The store's error code, or why an event was refused. */
  readonly code: string | undefined;
  readonly message: string;
}

/** Keeps the first error of each kind: a report counts all of them, and these say why. */
export interface FirstErrors {
  readonly list: readonly SweepError[];
  add(...errors: readonly SweepError[]): void;
}

/** Kinds in one report at most. */
const MOST = 5;

export function createFirstErrors(): FirstErrors {
  const first = new Map<string, SweepError>();
  return {
    get list() {
      return [...first.values()];
    },
    add(...errors) {
      for (const error of errors) {
        const kind = `${error.type} ${error.code}`;
        if (first.size < MOST && !first.has(kind)) first.set(kind, error);
      }
    },
  };
}

/** Describes anything that can be thrown: only a store's error has a code that is known here. */
export function sweepErrorOf(type: SweepEvent["type"], error: unknown): SweepError {
  return isStoreError(error)
    ? { type, code: error.code, message: error.message }
    : { type, code: undefined, message: String(error) };
}
