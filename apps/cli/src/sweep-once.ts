import { createSweeper, durationMs, parseDuration, systemClock } from "@keywhen/core";
import { sweepOwner } from "@keywhen/host";
import { allowedTargets } from "./allowed-targets.js";
import type { ExitCode } from "./exit-codes.js";
import { type KeyOptions, withKeys } from "./read-codec.js";
import type { Session } from "./session.js";
import { createSweepNotes } from "./sweep-notes.js";
import { describeSweep, sweepExitCode } from "./sweep-summary.js";

export interface SweepOptions extends KeyOptions {
  readonly allow?: readonly string[] | undefined;
  readonly deadline?: string | undefined;
  readonly maxAge?: string | undefined;
  readonly wait?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

/** Delivers what is due, and tells what became of it. */
export async function sweepOnce(session: Session, options: SweepOptions): Promise<ExitCode> {
  const { output } = session;
  const deadline = readDeadline(options.deadline);
  const maxAge = options.maxAge === undefined ? undefined : parseDuration(options.maxAge);
  const home = await session.openSchedule();
  const notes = createSweepNotes(output.note);
  const sweeper = createSweeper({
    ...(await withKeys(home, options)),
    allowTargets: allowedTargets(session, options.allow),
    maxAge,
    owner: sweepOwner(),
    observe: notes.observe,
  });
  const signal = session.interruption();
  const { dryRun } = options;
  const whenHeld = options.wait ? "wait" : "leave";
  const report = await sweeper.sweep({ signal, deadline, dryRun, whenHeld });
  notes.end();
  await output.tellDone({ json: report, text: describeSweep(report) });
  return sweepExitCode(report, signal.aborted);
}

function readDeadline(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  return new Date(systemClock.now() + durationMs(parseDuration(text)));
}
