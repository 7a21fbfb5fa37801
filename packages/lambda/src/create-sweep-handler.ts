import {
  createSweeper,
  KeywhenError,
  type SweeperOptions,
  type SweepOptions,
  type SweepReport,
} from "@keywhen/core";
import { systemClock } from "@keywhen/core/internal";
import { type MetricsOptions, reportMetrics } from "./report-metrics.js";
import { checkTimeFor, type ModeOptions, sweepOptionsOf } from "./sweep-mode.js";

/** The part of Lambda's context object that the handler needs. */
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
   * Adds CloudWatch metrics to the line that a sweep logs. AWS bills each metric, and together they cost more than
   * sweeping.
   * @default none
   */
  readonly metrics?: MetricsOptions | undefined;
  /** Logs an object, once per sweep. @default a JSON line on standard output */
  readonly log?: ((line: object) => unknown) | undefined;
}

/** A timeout kills the function without clean-up, so the sweep ends this long before it. Copies stop 2 s earlier. */
const RESERVE_MS = 8_000;
/** The largest reserve, as a share of the invocation's time. */
const LARGEST_RESERVE = 0.2;

/**
 * Returns a handler that sweeps once per invocation, ends before the invocation's deadline and never returns with an open
 * request. It rejects only if no sweep was possible. Events that could not be delivered are in the report, and the next
 * invocation tries them again. It does not fail if another sweeper is at work (`outcome: "held"`).
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

/** Each line of standard output is one log event. Without the replacer an error would be `{}`. */
function writeJsonLine(line: object): void {
  process.stdout.write(
    `${JSON.stringify(line, (_name, value) => (value instanceof Error ? value.message : value))}\n`,
  );
}

/** Returns the shard in an invocation's event. Without one, all shards are swept. */
export function shardOf(event: unknown): SweepOptions["shard"] {
  if (typeof event !== "object" || event === null || !("shard" in event)) return undefined;
  const { shard } = event;
  if (isSweepShard(shard)) return shard;
  throw new KeywhenError(
    "invalid-option",
    `The event's shard must be like {"shard":{"index":1,"count":4}} (got ${JSON.stringify(shard)}).`,
  );
}

function isSweepShard(value: unknown): value is NonNullable<SweepOptions["shard"]> {
  if (typeof value !== "object" || value === null) return false;
  if (!("index" in value && "count" in value)) return false;
  return typeof value.index === "number" && typeof value.count === "number";
}
