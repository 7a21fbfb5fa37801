import {
  createSweeper,
  type SweeperOptions,
  type SweepOptions,
  type SweepReport,
  systemClock,
} from "@keywhen/core";
import { type MetricsOptions, reportMetrics } from "./report-metrics.js";
import { checkTimeFor, type ModeOptions, sweepOptionsOf } from "./sweep-mode.js";
import { shardOf } from "./sweep-shard.js";

/** What the handler reads of Lambda's context object. */
export interface InvocationContext {
  /** Milliseconds until Lambda kills the invocation. */
  getRemainingTimeInMillis(): number;
}

/**
 * A Lambda handler that resolves with the sweep's report. An event `{ shard: { index: 1, count: 4 } }` sweeps one shard of
 * the schedule. Any other event sweeps the whole schedule.
 */
export type SweepHandler = (event: unknown, context: InvocationContext) => Promise<SweepReport>;

export interface SweepHandlerOptions
  extends SweeperOptions,
    ModeOptions,
    Pick<SweepOptions, "whenHeld"> {
  /**
   * Puts CloudWatch metrics into the line that a sweep logs. Each is billed, and together they cost more than
   * sweeping.
   * @default none
   */
  readonly metrics?: MetricsOptions | undefined;
  /** Takes the one line that a sweep logs, an object. @default a JSON line on standard output */
  readonly log?: ((line: object) => unknown) | undefined;
}

/** A timeout is a kill without clean-up, so the sweep has ended this long before it; starting ends 2 s earlier. */
const RESERVE_MS = 8_000;
/** Of a short invocation it keeps a fifth. */
const LARGEST_RESERVE = 0.2;

/**
 * A handler that sweeps once an invocation, ends in good time before the invocation's deadline and never
 * returns with a request open. Rejects only if no sweep was possible; what could not be delivered is in
 * the report, and the next invocation's. That another sweeper is at work (`outcome: "held"`) is no failure.
 */
export function createSweepHandler(options: SweepHandlerOptions): SweepHandler {
  const { log = writeJsonLine, whenHeld, mode, poll, metrics, ...sweeperOptions } = options;
  const call = sweepOptionsOf({ mode, poll });
  const sweeper = createSweeper(sweeperOptions);
  const clock = options.clock ?? systemClock;
  return async (event, context) => {
    const remainingMs = context.getRemainingTimeInMillis();
    const availableMs = remainingMs - Math.min(RESERVE_MS, remainingMs * LARGEST_RESERVE);
    checkTimeFor(call, availableMs, remainingMs);
    const deadline = new Date(clock.now() + availableMs);
    const report = await sweeper.sweep({ ...call, deadline, whenHeld, shard: shardOf(event) });
    const measured = metrics && reportMetrics(report, metrics, clock.now());
    await log({ message: `keywhen: ${report.outcome}`, ...report, ...measured });
    return report;
  };
}

/** Lambda takes each line of standard output for a log event and leaves JSON as it is; an error's JSON would be {}. */
function writeJsonLine(line: object): void {
  process.stdout.write(
    `${JSON.stringify(line, (_name, value) => (value instanceof Error ? value.message : value))}\n`,
  );
}
