import type { Requests } from "../requests/counted-store.js";
import type { LatenessMs } from "./lateness.js";

/**
 * Why a sweep ended before everything due was tried: its deadline, the caller's signal, a delete that was
 * denied (copying on would deliver everything again in the next sweep), or a listing that failed midway.
 */
export type TruncatedReason = "deadline" | "aborted" | "denied" | "list-failed";

/** What one sweep saw and did. Fields are only ever added. */
export interface SweepReport {
  readonly outcome: "swept";
  /** Keys on the pages that were read, up to the last one due. */
  readonly listed: number;
  /** Objects under the prefix that are no events: never touched. */
  readonly foreign: number;
  readonly due: number;
  /** Copies confirmed at their targets. */
  readonly delivered: number;
  /** Had left the schedule before the copy: cancelled, or delivered by another sweeper. */
  readonly gone: number;
  /** Failed; the next sweep tries again. */
  readonly retrying: number;
  /** Wait behind an elder event of the same target that failed. */
  readonly held: number;
  /** Outside `allowTargets`; left where they are. */
  readonly refused: number;
  /** Delivered, but not certainly deleted: the next sweep may deliver them again. */
  readonly undeleted: number;
  /** The copy was not answered, so it may or may not have arrived; the next sweep tries again. */
  readonly undecided: number;
  readonly truncated: false | TruncatedReason;
  /** The id of the first due event that was not tried, if the sweep was truncated. */
  readonly resumeKey: string | undefined;
  /** More targets at once than could be tracked: the order within a target is not certain. */
  readonly unordered: boolean;
  /** From the due instant to the start of the copy. */
  readonly latenessMs: LatenessMs | undefined;
  /** The due instant of the oldest due event that this sweep leaves waiting. */
  readonly oldestDueAt: Date | undefined;
  /** On the wire, by kind. */
  readonly requests: Requests;
  /** The most copies that were under way at once. */
  readonly concurrencyReached: number;
  readonly durationMs: number;
  /** Nothing was delivered: the sweep only counted what is due. */
  readonly dryRun: boolean;
  /** The first error that the observer threw; delivery went on. */
  readonly observerError?: unknown;
}
