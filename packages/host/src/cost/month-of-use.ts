/** How a schedule is used in a month. Durations are in milliseconds. */
export interface MonthOfUse {
  /** Events that fall due, spread evenly over the month. */
  readonly events: number;
  /** Occurrences of recurring schedules that fall due, in addition to `events`. @default 0 */
  readonly occurrences?: number | undefined;
  /** How often a sweep begins. @default 60,000 */
  readonly everyMs?: number | undefined;
  /**
   * How far each sweep looks ahead: it then runs until its range has ended, and delivers each event at its instant.
   * @default 0: it delivers what is due and ends
   */
  readonly lookAheadMs?: number | undefined;
  /** How often a sweep that looks ahead lists again. @default 5,000 */
  readonly pollMs?: number | undefined;
  /** `lambda`: a function for each shard; `own`: a machine that is paid for anyway. @default "lambda" */
  readonly host?: "lambda" | "own" | undefined;
  /** @default 1 */
  readonly shards?: number | undefined;
  /** The size of one event with its metadata. @default 1,024 */
  readonly payloadBytes?: number | undefined;
  /** The average time from writing an event to its delivery. @default one day */
  readonly waitMs?: number | undefined;
  /** The memory of the sweeper's function. @default 256 */
  readonly memoryMegabytes?: number | undefined;
  /** Sweepers keep a journal. @default false */
  readonly journal?: boolean | undefined;
  /** Subtract each AWS account's monthly free tier, for keywhen and for the others. @default true */
  readonly freeTier?: boolean | undefined;
}

export type ResolvedUse = { readonly [Name in keyof MonthOfUse]-?: NonNullable<MonthOfUse[Name]> };

const DEFAULTS: Omit<ResolvedUse, "events"> = {
  occurrences: 0,
  everyMs: 60_000,
  lookAheadMs: 0,
  pollMs: 5_000,
  host: "lambda",
  shards: 1,
  payloadBytes: 1_024,
  waitMs: 86_400_000,
  memoryMegabytes: 256,
  journal: false,
  freeTier: true,
};

/** Returns how often something is delivered in the month. */
export function deliveriesOf({ events, occurrences }: ResolvedUse): number {
  return events + occurrences;
}

/** Fills in the defaults; throws a `RangeError` for a number out of range. */
export function resolveUse(use: MonthOfUse): ResolvedUse {
  const given = Object.entries(use).filter(([, value]) => value !== undefined);
  const resolved: ResolvedUse = { ...DEFAULTS, events: use.events, ...Object.fromEntries(given) };
  for (const [name, value] of Object.entries(resolved)) {
    if (typeof value === "number" && !(Number.isFinite(value) && value >= 0)) {
      throw new RangeError(`${name} must be a number from 0 (got ${value}).`);
    }
  }
  for (const name of ["everyMs", "pollMs", "shards", "memoryMegabytes"] as const) {
    if (resolved[name] === 0) throw new RangeError(`${name} must be greater than 0 (got 0).`);
  }
  return resolved;
}
