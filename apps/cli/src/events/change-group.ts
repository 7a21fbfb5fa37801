import {
  createScheduler,
  type EventQuery,
  GroupIncompleteError,
  type Scheduler,
} from "@keywhen/core";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { printOutcome } from "../outcome.js";
import { createProgress } from "../output/progress.js";
import type { Session } from "../session.js";
import type { ChangeOptions } from "./change-events.js";
import { type EventGroup, readGroup } from "./event-group.js";
import type { GroupOptions } from "./group-options.js";
import {
  type ApiOutcome,
  countEvents,
  type EventResult,
  GroupReport,
  type GroupWording,
} from "./group-report.js";
import { searchProgress } from "./search-progress.js";

interface CallOptions<Result> {
  readonly signal: AbortSignal;
  readonly onProgress: (search: { readonly read: number; readonly found: number }) => void;
  readonly onResult: (result: EventResult<Result>) => Promise<void>;
}

/** A change of each event of a group. */
export interface GroupChange<Result extends ApiOutcome> extends GroupWording<Result> {
  /** The verb of the question: Cancel. */
  readonly question: string;
  readonly run: (
    scheduler: Scheduler,
    query: EventQuery,
    options: CallOptions<Result>,
  ) => Promise<unknown>;
}

/** Changes each event of a group. Asks once, with their number, on a terminal. Ends if the store refuses. */
export async function changeGroup<Result extends ApiOutcome>(
  session: Session,
  options: GroupOptions & ChangeOptions,
  change: GroupChange<Result>,
): Promise<ExitCode> {
  const { output } = session;
  const { dryRun = false, yes = false } = options;
  const group = await readGroup(options, session.times());
  const scheduler = createScheduler(await session.openSchedule(options));
  if (output.canAsk && !yes && !dryRun) {
    const count = await countOf(session, scheduler, group);
    if (count === 0) return noneFound(session, group);
    if (!(await output.ask(`${change.question} ${countEvents(count)} ${group.name}?`))) {
      output.note("Nothing changed.");
      return EXIT.done;
    }
  }
  const report = new GroupReport(session, { ...change, name: group.name, dryRun });
  const { signal, onProgress } = report;
  const onResult: CallOptions<Result>["onResult"] = (result) => report.add(result);
  try {
    await change.run(scheduler, group.query, { signal, onProgress, onResult });
  } catch (error) {
    if (!(error instanceof GroupIncompleteError)) throw error;
    const [first] = error.failures;
    if (error.cause !== first?.error) report.endEarly(error.cause); // of the search
  } finally {
    report.close();
  }
  return report.isEmpty ? noneFound(session, group) : report.end();
}

async function countOf(
  { output }: Session,
  scheduler: Scheduler,
  { query }: EventGroup,
): Promise<number> {
  const progress = createProgress(output);
  let count = 0;
  for await (const _ of scheduler.find(query, { onProgress: searchProgress(progress) })) count += 1;
  progress.clear();
  return count;
}

function noneFound({ output }: Session, { name }: EventGroup): Promise<ExitCode> {
  return printOutcome(output, {
    json: { outcome: "not-found" },
    problem: {
      message: `No event ${name} waits.`,
      hint: "They were delivered, cancelled or moved, or never scheduled. See keywhen list for waiting events.",
    },
  });
}
