import { type Duration, durationMs, KeywhenError, type SweepOptions } from "@keywhen/core";

/**
 * What a function that is woken once a minute does with its invocation: `plain` delivers what is due and ends,
 * `precise` lives until the end of the next full minute and delivers each event at its instant.
 */
export type SweepMode = "plain" | "precise";

export interface ModeOptions {
  /** @default "plain" */
  readonly mode?: SweepMode | undefined;
  /**
   * How often a precise sweep lists again, for what is written at short notice; such events are late by as much at
   * most. From 100ms to 60s; a plain sweep has none.
   * @default "5s"
   */
  readonly poll?: Duration | undefined;
}

/** The once-a-minute schedule that wakes the function. */
const INTERVAL = "1m";
/** Woken in the first second of a minute, a precise sweep's range ends with the next. */
const LONGEST_RANGE_MS = 120_000;
const POLL_LIMITS_MS = { least: 100, most: 60_000 };

/** What the modes say about a sweep; throws `invalid-option` if they contradict each other. */
export function sweepOptionsOf({ mode = "plain", poll }: ModeOptions): SweepOptions {
  if (mode !== "plain" && mode !== "precise") {
    throw new KeywhenError("invalid-option", `mode is "${mode}": write "plain" or "precise".`);
  }
  if (mode === "precise") return { lookAhead: INTERVAL, poll: checkPoll(poll) };
  if (poll === undefined) return {};
  throw new KeywhenError(
    "invalid-option",
    `poll is ${poll}, but a plain sweep lists once: leave it out, or set the mode to precise.`,
  );
}

function checkPoll(poll: Duration | undefined): Duration | undefined {
  if (poll === undefined) return undefined;
  const ms = durationMs(poll);
  if (ms >= POLL_LIMITS_MS.least && ms <= POLL_LIMITS_MS.most) return poll;
  throw new KeywhenError("invalid-option", `poll is ${poll}: write 100ms to 60s.`);
}

/**
 * Throws if the function's timeout would end each precise sweep before its range has ended: events in between would
 * be late, minute for minute.
 */
export function checkTimeFor(call: SweepOptions, availableMs: number, remainingMs: number): void {
  if (call.lookAhead === undefined || availableMs >= LONGEST_RANGE_MS) return;
  throw new KeywhenError(
    "invalid-option",
    `a precise sweep lives up to 120 s, and this invocation ends in ${Math.round(remainingMs / 1_000)} s: set the function's timeout to 150 s, or the mode to plain.`,
  );
}
