import { KeywhenError } from "../keywhen-error.js";
import { checkOptionNames } from "../options/check-option-names.js";
import { HOME_OPTIONS, type Home, type ResolvedHome, resolveHome } from "../options/home.js";
import type { ObjectRef } from "../store/object-store.js";
import { type Moment, momentMs } from "../time/moment.js";
import { compileAllowTargets, type TargetCheck } from "./allow-targets.js";
import { sweep } from "./sweep.js";
import type { Observer } from "./sweep-event.js";
import type { SweepReport } from "./sweep-report.js";

export interface SweeperOptions extends Home {
  /**
   * Where events may go: `"bucket/*"`, `"bucket/prefix/*"`, `"bucket/key"`; `["*"]` opens it. Required,
   * because whoever may write to the schedule borrows the sweeper's rights.
   */
  readonly allowTargets: readonly string[];
  /** The most copies under way at once. @default 64 */
  readonly concurrency?: number | undefined;
  readonly observe?: Observer | undefined;
}

export interface SweepCall {
  /** Aborted, the sweep winds down within 5 s and resolves with `truncated: "aborted"`. */
  readonly signal?: AbortSignal | undefined;
  /** The sweep has ended by then: nothing starts in the last 2 s before it. */
  readonly deadline?: Moment | undefined;
  /** Only counts what is due. */
  readonly dryRun?: boolean | undefined;
}

/** Delivers what is due. Holds nothing open between sweeps. */
export interface Sweeper {
  /**
   * One pass over what is due now. Rejects only if nothing could be listed; failures of single events
   * are counted in the report and told to the observer.
   */
  sweep(call?: SweepCall): Promise<SweepReport>;
}

const DEFAULT_CONCURRENCY = 64;

/** A sweeper over the events of one home; sends nothing by itself. */
export function createSweeper(options: SweeperOptions): Sweeper {
  const known = [...HOME_OPTIONS, "allowTargets", "concurrency", "observe"];
  checkOptionNames(options, known, "createSweeper()");
  const home = resolveHome(options);
  const isAllowed = guardRoot(home, compileAllowTargets(options.allowTargets));
  const concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new KeywhenError(
      "invalid-option",
      `concurrency ${concurrency} must be a whole number from 1.`,
    );
  }
  return {
    sweep: async (call = {}) => {
      checkOptionNames(call, ["signal", "deadline", "dryRun"], "sweep()");
      return sweep({
        home,
        isAllowed,
        concurrency,
        observe: options.observe,
        signal: call.signal,
        deadlineMs: call.deadline === undefined ? undefined : momentMs(call.deadline),
        dryRun: call.dryRun ?? false,
      });
    },
  };
}

/** No event may write into the schedule's own folders, whatever the patterns say. */
function guardRoot({ bucket, root }: ResolvedHome, isAllowed: TargetCheck): TargetCheck {
  return (to: ObjectRef) =>
    isAllowed(to) && !(to.bucket === bucket && to.key.startsWith(`${root}/`));
}
