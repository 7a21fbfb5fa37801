import { KeywhenError } from "../errors.js";
import type { ScheduledEvent } from "./stored-event.js";

/** An event of a group whose call failed: it waits, unless its error says that this is undecided. @inline */
export interface GroupFailure {
  readonly outcome: "failed";
  readonly event: ScheduledEvent;
  /** What the call for this one event throws. */
  readonly error: unknown;
}

/** What became of a group. */
export interface GroupOutcome {
  readonly totals: Readonly<Record<string, number>>;
  failed: number;
  readonly failures: GroupFailure[];
  /** Why the search ended before it had found every event. */
  searchError: { readonly error: unknown } | undefined;
}

const KEPT_FAILURES = 1_000;

export function addFailure(group: GroupOutcome, failure: GroupFailure): void {
  group.failed += 1;
  if (group.failures.length < KEPT_FAILURES) group.failures.push(failure);
}

/**
 * Some events of a group were not changed, or not all were found (`batch-incomplete`). `cause` is the error of the search, or else
 * of the first event that failed.
 */
export class GroupIncompleteError extends KeywhenError {
  /** How many events had each outcome. */
  readonly totals: Readonly<Record<string, number>>;
  /** How many failed. */
  readonly failed: number;
  /** The first 1,000 of them; `onResult` is called for all. */
  readonly failures: readonly GroupFailure[];

  constructor({ totals, failed, failures, searchError }: GroupOutcome) {
    const answered = Object.values(totals).reduce((sum, count) => sum + count, 0);
    const cause = searchError === undefined ? failures[0]?.error : searchError.error;
    super(
      "batch-incomplete",
      searchError === undefined
        ? `${failed} of ${failed + answered} events failed. The first is ${failures[0]?.event.id}: ${String(cause)} ${REPEAT}`
        : `The search ended early: ${String(cause)} Before that, ${answered} events had an outcome and ${failed} failed. ${REPEAT}`,
      { cause },
    );
    this.totals = totals;
    this.failed = failed;
    this.failures = failures;
  }
}

const REPEAT = "Repeat the call: it finds the events that are left.";
