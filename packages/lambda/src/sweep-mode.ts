import { type Duration, KeywhenError, type SweepOptions } from "@keywhen/core";
import { durationMs } from "@keywhen/core/internal";

/**
 * What a function that runs once a minute does: `plain` delivers what is due and ends, `precise` runs until the end of the
 * next full minute and delivers each event at its instant.
 */
export type SweepMode = "plain" | "precise";

export interface ModeOptions {
  /** @default "plain" */
  readonly mode?: SweepMode | undefined;
  /**
   * How often a precise sweep lists again, for events scheduled at short notice, which are at most this late. From 100ms
   * to 60s. Not for plain sweeps.
   * @default "5s"
   */
  readonly poll?: Duration | undefined;
}

/** The interval of the schedule that invokes the function. */
const INTERVAL = "1m";
/** The range of a precise sweep that begins in the first second of a minute. */
const LONGEST_RANGE_MS = 120_000;
const POLL_LIMITS_MS = { least: 100, most: 60_000 };

/** Returns the options of a sweep. Throws `invalid-option` if the mode and the poll contradict each other. */
export function sweepOptionsOf({ mode = "plain", poll }: ModeOptions): SweepOptions {
  if (mode !== "plain" && mode !== "precise") {
    throw new KeywhenError("invalid-option", `mode must be "plain" or "precise" (got "${mode}").`);
  }
  if (mode === "precise") return { lookAhead: INTERVAL, poll: checkPoll(poll) };
  if (poll === undefined) return {};
  throw new KeywhenError(
    "invalid-option",
    `poll is ${poll}, but a plain sweep lists only once. Leave it out, or set mode to "precise".`,
  );
}

function checkPoll(poll: Duration | undefined): Duration | undefined {
  if (poll === undefined) return undefined;
  const ms = durationMs(poll);
  if (ms >= POLL_LIMITS_MS.least && ms <= POLL_LIMITS_MS.most) return poll;
  throw new KeywhenError("invalid-option", `poll must be from 100ms to 60s (got ${poll}).`);
}

/**
 * Throws if the function's timeout would end every precise sweep before the end of its range, so that events would be
 * late every minute.
 */
export function checkTimeFor(call: SweepOptions, availableMs: number, remainingMs: number): void {
  if (call.lookAhead === undefined || availableMs >= LONGEST_RANGE_MS) return;
  throw new KeywhenError(
    "invalid-option",
    `A precise sweep runs for up to 120 s, but this invocation ends in ${Math.round(remainingMs / 1_000)} s. Set the function's timeout to 150 s, or the mode to plain.`,
  );
}
