import { UsageError } from "@keywhen/host";
import type { MigrateEvent, MigrateReport } from "@keywhen/s3-scheduler";
import type { Command } from "commander";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { createProgress } from "../output/progress.js";
import { showCount } from "../output/show-size.js";
import { act, type Session } from "../session.js";
import { createLimitedNotes } from "../sweeping/sweep-notes.js";
import { some, unrecognizedObjects } from "../sweeping/sweep-summary.js";

interface MigrateOptions {
  readonly from?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

const EXAMPLES = `Examples:
  keywhen migrate --store s3://acme-schedule --from scheduled --dry-run
  keywhen migrate --store s3://acme-schedule --from scheduled

First let writers schedule with keywhen, and stop the package's sweeper: an event that it delivers during the
migration is delivered twice. After an interruption, run the same command again.
`;

export function addMigrate(program: Command): Command {
  return program
    .command("migrate")
    .summary("take over the events of the Python package s3-scheduler")
    .description("Moves the events of the Python package s3-scheduler to keywhen keys.")
    .addHelpText("before", EXAMPLES)
    .option("--from <path>", "the path of the package, in the store's bucket")
    .option("-n, --dry-run", "only count them")
    .action(act(runMigrate));
}

async function runMigrate(session: Session, options: MigrateOptions): Promise<ExitCode> {
  const { from, dryRun = false } = options;
  if (from === undefined) {
    throw new UsageError("--from is missing.", "Give --from PATH, the path of the package.");
  }
  const { store, bucket, root } = await session.openSchedule();
  const signal = session.interruption();
  const { observe, end } = createObserver(session);
  const { migrate } = await import("@keywhen/s3-scheduler"); // only this verb needs it
  const call = { store, bucket, root, from, dryRun, signal, observe };
  const report = await migrate(call).finally(end);
  const ending = report.aborted ? " · interrupted: run the same command again" : "";
  await session.output.printDone({
    json: { ...report, ...(dryRun && { dryRun }) },
    text: `${dryRun ? "Would migrate" : "Migrated"} ${describeCounts(report)}${ending}`,
  });
  if (report.aborted) return EXIT.interrupted;
  return report.failed > 0 ? EXIT.partly : EXIT.done;
}

/** Shows the counts on a terminal, and the first failures. */
function createObserver({ output }: Session) {
  const progress = createProgress(output);
  const failures = createLimitedNotes(output.note);
  const observe = (event: MigrateEvent) => {
    if (event.type === "progress") progress.show(describeCounts(event.report));
    if (event.type !== "failed") return;
    progress.clear();
    failures.note(`not migrated: '${event.key}': ${event.error.message}`);
  };
  const end = () => {
    progress.clear();
    failures.end();
  };
  return { observe, end };
}

function describeCounts({ migrated, failed, gone, unrecognized }: MigrateReport): string {
  return [
    `${showCount(migrated)} ${migrated === 1 ? "event" : "events"} · ${showCount(failed)} failed`,
    ...some(gone, "disappeared during the migration"),
    ...some(unrecognized, unrecognizedObjects(unrecognized)),
  ].join(", ");
}
