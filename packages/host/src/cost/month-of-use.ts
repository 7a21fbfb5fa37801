/** What a month looks like. Durations are in milliseconds. */
export interface MonthOfUse {
  /** Events that fall due, spread evenly over the month. */
  readonly events: number;
  /** How often a sweep begins. @default 60,000 */
  readonly everyMs?: number | undefined;
  /**
   * How far each sweep looks ahead: it then lives until its range has ended, and delivers each event at its instant.
   * @default 0: it delivers what is due and ends
   */
  readonly lookAheadMs?: number | undefined;
  /** How often a sweep that looks ahead lists again. @default 5,000 */
  readonly pollMs?: number | undefined;
  /** `lambda`: a function for each shard; `own`: a machine that is there anyway. @default "lambda" */
  readonly host?: "lambda" | "own" | undefined;
  /** Into how many the schedule is divided. @default 1 */
  readonly shards?: number | undefined;
  /** Of one event, its metadata included. @default 1,024 */
  readonly payloadBytes?: number | undefined;
  /** From writing an event to its delivery, on average. @default one day */
  readonly waitMs?: number | undefined;
  /** Of the sweeper's function. @default 256 */
  readonly memoryMegabytes?: number | undefined;
  /** CloudWatch alarms and metrics of your own. @default 0 */
  readonly alarms?: number | undefined;
  readonly metrics?: number | undefined;
  /** Take off what each AWS account has for nothing every month, here and at rivals. @default true */
  readonly freeTier?: boolean | undefined;
}

export type ResolvedUse = { readonly [Name in keyof MonthOfUse]-?: NonNullable<MonthOfUse[Name]> };

const DEFAULTS: Omit<ResolvedUse, "events"> = {
  everyMs: 60_000,
  lookAheadMs: 0,
  pollMs: 5_000,
  host: "lambda",
  shards: 1,
  payloadBytes: 1_024,
  waitMs: 86_400_000,
  memoryMegabytes: 256,
  alarms: 0,
  metrics: 0,
  freeTier: true,
};

/** Fills in what is left out; throws a `RangeError` for a number that can't be. */
export function resolveUse(use: MonthOfUse): ResolvedUse {
  const given = Object.entries(use).filter(([, value]) => value !== undefined);
  const resolved: ResolvedUse = { ...DEFAULTS, events: use.events, ...Object.fromEntries(given) };
  for (const [name, value] of Object.entries(resolved)) {
    if (typeof value === "number" && !(Number.isFinite(value) && value >= 0)) {
      throw new RangeError(`${name} is ${value}: write a number from 0.`);
    }
  }
  for (const name of ["everyMs", "pollMs", "shards", "memoryMegabytes"] as const) {
    if (resolved[name] === 0) throw new RangeError(`${name} is 0: write more than that.`);
  }
  return resolved;
}
