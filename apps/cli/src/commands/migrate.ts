import { UsageError } from "@keywhen/host";
import type { MigrateEvent, MigrateReport } from "@keywhen/s3-scheduler";
import type { Command } from "commander";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { createProgress } from "../progress.js";
import { act, type Session } from "../session.js";
import { showCount } from "../show-size.js";
import { unrecognizedObjects } from "../sweep-summary.js";

interface MigrateOptions {
  readonly from?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

const EXAMPLES = `Examples:
  keywhen migrate --store s3://acme-schedule --from scheduled --dry-run
  keywhen migrate --store s3://acme-schedule --from scheduled

First let writers schedule with keywhen and stop the package's sweeper: what it delivers meanwhile is
delivered twice. Interrupted, the same command goes on.
`;

export function addMigrate(program: Command): Command {
  return program
    .command("migrate")
    .summary("take over the events of the Python package s3-scheduler")
    .description("Moves the events of the Python package s3-scheduler to keys of keywhen's own.")
    .addHelpText("before", EXAMPLES)
    .option("--from <path>", "the path that the package was given, in the store's bucket")
    .option("-n, --dry-run", "only count them")
    .action(act(runMigrate));
}

async function runMigrate(session: Session, options: MigrateOptions): Promise<ExitCode> {
  const { from, dryRun = false } = options;
  if (from === undefined) {
    throw new UsageError("Which events?", "Give --from PATH, the path that the package was given.");
  }
  const home = await session.openSchedule();
  const { store, bucket, root } = home;
  const signal = session.interruption();
  const notes = createNotes(session);
  const { migrate } = await import("@keywhen/s3-scheduler"); // other verbs need none of it
  const report = await migrate({
    store,
    bucket,
    root,
    from,
    dryRun,
    signal,
    observe: notes.observe,
  }).finally(notes.end);
  const dry = dryRun ? { dryRun } : {};
  await session.output.tellDone({ json: { ...report, ...dry }, text: describe(report, dryRun) });
  if (report.aborted) return EXIT.interrupted;
  return report.failed > 0 ? EXIT.partly : EXIT.done;
}

const SHOWN = 10;

/** A line that counts on a terminal, and the first few failures. */
function createNotes({ output }: Session) {
  const progress = createProgress(output);
  let failures = 0;
  const observe = (event: MigrateEvent) => {
    if (event.type === "progress") progress.show(describeCounts(event.report));
    if (event.type !== "failed") return;
    failures += 1;
    progress.clear();
    if (failures <= SHOWN) output.note(`not migrated: '${event.key}': ${event.error.message}`);
  };
  const end = () => {
    progress.clear();
    if (failures > SHOWN) output.note(`… and ${failures - SHOWN} more like these`);
  };
  return { observe, end };
}

function describe(report: MigrateReport, isDryRun: boolean): string {
  const end = report.aborted ? " · interrupted: the same command goes on" : "";
  return `${isDryRun ? "Would migrate" : "Migrated"} ${describeCounts(report)}${end}`;
}

function describeCounts({ migrated, failed, gone, unrecognized }: MigrateReport): string {
  const counts = [
    `${showCount(migrated)} ${migrated === 1 ? "event" : "events"} · ${showCount(failed)} failed`,
    ...(gone === 0 ? [] : [`${showCount(gone)} gone meanwhile`]),
    ...(unrecognized === 0
      ? []
      : [`${showCount(unrecognized)} ${unrecognizedObjects(unrecognized)}`]),
  ];
  return counts.join(", ");
}
