import { createSweeper, durationMs, parseDuration, systemClock } from "@keywhen/core";
import { sweepOwner } from "@keywhen/host";
import type { Command } from "commander";
import { ALLOW_OPTION, allowedTargets } from "../allowed-targets.js";
import type { ExitCode } from "../exit-codes.js";
import { type KeyOptions, withKeyOptions, withKeys } from "../read-codec.js";
import { act, type Session } from "../session.js";
import { createSweepNotes } from "../sweep-notes.js";
import { describeSweep, sweepExitCode } from "../sweep-summary.js";

interface SweepOptions extends KeyOptions {
  readonly allow?: readonly string[] | undefined;
  readonly deadline?: string | undefined;
  readonly maxAge?: string | undefined;
  readonly wait?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

const EXAMPLES = `Examples:
  keywhen sweep --allow 'reminders/*' --allow 'reports/daily/*'
  keywhen sweep --wait --deadline 50s        (for cron: after another one has ended)
  keywhen sweep --dry-run
`;

export function addSweep(program: Command): Command {
  const command = program
    .command("sweep")
    .summary("deliver what is due, once")
    .description("Delivers what is due: copies each event to its target, then deletes it.")
    .addHelpText("before", EXAMPLES)
    .option(...ALLOW_OPTION)
    .option("--deadline <duration>", "end within this time: 30s, 5m")
    .option("--max-age <duration>", "how long a failing event is tried before it is given up (24h)")
    .option("--wait", "if another sweeper is at work, wait for its end (else exit code 7)")
    .option("-n, --dry-run", "only count what is due");
  return withKeyOptions(command).action(act(sweep));
}

async function sweep(session: Session, options: SweepOptions): Promise<ExitCode> {
  const { output } = session;
  const deadline = readDeadline(options.deadline);
  const maxAge = options.maxAge === undefined ? undefined : parseDuration(options.maxAge);
  const home = await session.openHome();
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
