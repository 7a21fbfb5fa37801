/** When a schedule recurs: at wall-clock times of a zone, or at a fixed interval. */
export type Rule = CronRule | EveryRule;

/**
 * A cron rule of five fields: minute, hour, day of the month, month, day of the week. If both days are restricted, either is
 * enough. Names (`MON`, `JAN`), lists, ranges, steps, `L`, `W`, `#` and `@daily` are allowed; seconds and years are not.
 *
 * If minute and hour contain neither `*` nor a step, the rule is one of **fixed times**: a time that a change of the clocks
 * skips is delivered at the first instant after the gap, and a time that happens twice is delivered the first time. Any other
 * rule goes on in **real time**: it passes over skipped times and is delivered in both passes of a repeated hour.
 */
export interface CronRule {
  readonly cron: string;
  /**
   * An IANA time zone, such as `Europe/Berlin`.
   *
   * @default "UTC"
   */
  readonly timeZone?: string | undefined;
}

/** A fixed interval in real time, such as `15m` or `36h`. No change of the clocks affects it. */
export interface EveryRule {
  /** At least a minute. A day may have 23 or 25 hours, so `d` is refused: write `24h`, or a cron rule. */
  readonly every: string;
  /**
   * The instant that the interval is counted from, as `2026-12-24T12:00:00.000Z`.
   *
   * @default "1970-01-01T00:00:00.000Z"
   */
  readonly from?: string | undefined;
}

/** One occurrence of a rule. */
export interface Occurrence {
  /** When it is due, in milliseconds since 1970. */
  readonly atMs: number;
  /**
   * Its name within the rule, which rises from occurrence to occurrence. A fixed time has its wall-clock time as the rule states
   * it (`2026-03-29T02:30`, also if that time does not exist on that day), so that it does not depend on a machine's time zone
   * data. Any other occurrence has its instant.
   */
  readonly nominal: string;
}

/** A checked rule that can be asked for its occurrences. */
export interface Recurrence {
  /**
   * Returns the first occurrence that is due after `afterMs` and, if `afterNominal` is given, is also later by its nominal time.
   * Machines with different time zone data then never deliver one nominal time twice. `undefined`: no occurrence is left.
   */
  next(afterMs: number, afterNominal?: string): Occurrence | undefined;
}
