import { safeText } from "../input/show-value.js";
import type { EventId } from "../key/key-codec.js";
import { isStoreError } from "../store/object-store-error.js";
import { isDestinationError } from "../targets/destination-error.js";
import { LatenessHistogram } from "./lateness-histogram.js";
import type { SafeObserver } from "./safe-observer.js";
import type { LeftReason, SweepEnd, SweepEvent } from "./sweep-event.js";
import type { SweepError, SweptReport } from "./sweep-report.js";

/** The counts of a report, which add up over the shards of a sweep. */
const COUNTS = [
  "listed",
  "unrecognized",
  "due",
  "delivered",
  "alreadyDelivered",
  "gone",
  "passedOver",
  "wakeUpsLeft",
  "retrying",
  "blocked",
  "dead",
  "expired",
  "leftInPlace",
  "undeleted",
  "undecided",
  "destinationPauses",
] as const;

type CountName = (typeof COUNTS)[number];

export function sumCounts(reports: readonly Readonly<Record<CountName, number>>[]) {
  const sumOf = (name: CountName) => reports.reduce((sum, counts) => sum + counts[name], 0);
  return Object.fromEntries(COUNTS.map((name) => [name, sumOf(name)])) as Record<CountName, number>;
}

type Staying = Extract<SweepEvent, { dueAt: Date }>;

/** Folds the events of one sweep of one partition into its report, which is made of nothing else. Pure. */
export class ReportFold {
  readonly #counts = sumCounts([]);
  readonly #errors: SweepError[] = [];
  readonly #lateness: LatenessHistogram;
  #untried = 0;
  #firstUntriedId: EventId | undefined;
  #oldestDueAt: Date | undefined;

  /** `lateness`: a histogram that sweeps of several partitions share. */
  constructor(lateness = new LatenessHistogram()) {
    this.#lateness = lateness;
  }

  add(event: SweepEvent): void {
    const name = countOf(event);
    if (name !== undefined) this.#counts[name] += amountOf(event);
    if (event.type === "delivered") this.#lateness.record(event.latenessMs);
    else if (event.type === "relisted") this.#relisted();
    else if ("dueAt" in event) this.#stays(event);
    const error = errorOf(event);
    if (error !== undefined) addFirst(this.#errors, error);
  }

  report(end: SweepEnd): SweptReport {
    return {
      outcome: "swept",
      ...this.#counts,
      ...end,
      errors: [...this.#errors],
      firstUntriedId: this.#firstUntriedId,
      latenessMs: this.#lateness.summary(),
      oldestDueAt: this.#oldestDueAt,
    };
  }

  #stays(event: Staying): void {
    const { dueAt } = event;
    if (this.#oldestDueAt === undefined || dueAt < this.#oldestDueAt) this.#oldestDueAt = dueAt;
    if (event.type !== "left" || event.reason !== "untried") return;
    const { id } = event;
    this.#untried += 1;
    if (this.#firstUntriedId === undefined || id < this.#firstUntriedId) this.#firstUntriedId = id;
  }

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

/** Returns what adds an event to the report and the journal, and passes it on to the observer. */
export function reportTo(
  fold: ReportFold,
  observed: SafeObserver,
  journal?: { readonly add: (event: SweepEvent) => void },
): (event: SweepEvent) => void {
  return (event) => {
    fold.add(event);
    journal?.add(event);
    observed.notify(event);
  };
}

/** The count that an event belongs to; `undefined` if it belongs to none. */
function countOf(event: SweepEvent): CountName | undefined {
  if (event.type === "failed") return event.error.undecided ? "undecided" : "retrying";
  return event.type === "left" ? COUNT_OF_LEFT[event.reason] : COUNT_OF[event.type];
}

const COUNT_OF: { readonly [Type in SweepEvent["type"]]?: CountName } = {
  listed: "listed",
  unrecognized: "unrecognized",
  due: "due",
  postponed: "retrying",
  delivered: "delivered",
  "already-delivered": "alreadyDelivered",
  gone: "gone",
  "passed-over": "passedOver",
  "wake-up-left": "wakeUpsLeft",
  dead: "dead",
  expired: "expired",
  refused: "leftInPlace",
  undeleted: "undeleted",
  "destination-paused": "destinationPauses",
};

const COUNT_OF_LEFT = {
  "backing-off": "retrying",
  postponed: "retrying",
  blocked: "blocked",
  untried: undefined,
} as const satisfies Record<LeftReason, CountName | undefined>;

function amountOf(event: SweepEvent): number {
  if (event.type === "listed") return event.keys;
  return event.type === "due" || event.type === "postponed" ? event.count : 1;
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
    case "expired":
      return { type: event.type, code: event.type, message: event.message };
    default:
      return undefined;
  }
}

/** Describes anything that can be thrown: only the error of a store or a destination has a code that is known here. */
export function sweepErrorOf(type: SweepEvent["type"], error: unknown): SweepError {
  return isStoreError(error) || isDestinationError(error)
    ? { type, code: error.code, message: error.message }
    : { type, code: undefined, message: safeText(error) };
}

const MOST_ERRORS = 5;

/** Adds an error if it is the first of its kind: a report counts all of them, and these say why. */
export function addFirst(errors: SweepError[], error: SweepError): void {
  const isKnown = errors.some(({ type, code }) => type === error.type && code === error.code);
  if (!isKnown && errors.length < MOST_ERRORS) errors.push(error);
}
