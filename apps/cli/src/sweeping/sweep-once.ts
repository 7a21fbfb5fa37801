import { createSweeper } from "@keywhen/core";
import { durationMs, systemClock } from "@keywhen/core/internal";
import { sweepOwner } from "@keywhen/host";
import { recurringWakeUps } from "@keywhen/recurring";
import type { ExitCode } from "../exit-codes.js";
import type { Session } from "../session.js";
import { readDuration, type SweeperOptions, withKeys } from "./schedule-options.js";
import { createSweepNotes } from "./sweep-notes.js";
import { describeSweep, sweepExitCode } from "./sweep-summary.js";
import { readSweeperOptions } from "./sweeper-settings.js";

export interface SweepOptions extends SweeperOptions {
  readonly deadline?: string | undefined;
  readonly wait?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

export async function sweepOnce(session: Session, options: SweepOptions): Promise<ExitCode> {
  const { output } = session;
  const within = readDuration(options.deadline);
  const deadline = within && new Date(systemClock.now() + durationMs(within));
  const { openDestinations, ...sweeperOptions } = readSweeperOptions(session, options, within);
  const home = await session.openSchedule();
  const notes = createSweepNotes(output.note);
  const sweeper = createSweeper({
    ...(await withKeys(home, options)),
    ...sweeperOptions,
    destinations: openDestinations?.(output.note),
    owner: sweepOwner(),
    wakeUps: recurringWakeUps(),
    observe: notes.observe,
  });
  const signal = session.interruption();
  const { dryRun, wait } = options;
  const whenHeld = wait ? "wait" : "leave";
  const report = await sweeper.sweep({ signal, deadline, dryRun, whenHeld });
  notes.end();
  await output.printDone({ json: report, text: describeSweep(report) });
  return sweepExitCode(report, signal.aborted);
}
