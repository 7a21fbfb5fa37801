import {
  createSweeper,
  type SweepCall,
  type SweeperOptions,
  type SweepReport,
  systemClock,
} from "@keywhen/core";

/** What the handler reads of Lambda's context object. */
export interface InvocationContext {
  /** Milliseconds until Lambda kills the invocation. */
  getRemainingTimeInMillis(): number;
}

/** A Lambda handler: takes any event, for it is the invocation that counts, and resolves with the report. */
export type SweepHandler = (event: unknown, context: InvocationContext) => Promise<SweepReport>;

export interface SweepHandlerOptions extends SweeperOptions, Pick<SweepCall, "whenHeld"> {
  /** Takes the one line that a sweep logs, an object. @default a JSON line on standard output */
  readonly log?: ((line: object) => void) | undefined;
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
  const { log = writeJsonLine, whenHeld, ...sweeperOptions } = options;
  const sweeper = createSweeper(sweeperOptions);
  const clock = options.clock ?? systemClock;
  return async (_event, context) => {
    const remainingMs = context.getRemainingTimeInMillis();
    const reserveMs = Math.min(RESERVE_MS, remainingMs * LARGEST_RESERVE);
    const deadline = new Date(clock.now() + remainingMs - reserveMs);
    const report = await sweeper.sweep({ deadline, whenHeld });
    log({ message: `keywhen: ${report.outcome}`, ...report });
    return report;
  };
}

/** Lambda takes each line of standard output for a log event and leaves JSON as it is. */
function writeJsonLine(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
