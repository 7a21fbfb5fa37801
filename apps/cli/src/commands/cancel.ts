import { createScheduler, type Scheduler, systemClock } from "@keywhen/core";
import type { Command } from "commander";
import { confirmId } from "../confirm-id.js";
import { eachId } from "../each-id.js";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { explainCancel } from "../explain-cancel.js";
import { eventNotFound } from "../not-found.js";
import { act, type Session } from "../session.js";
import { targetOf } from "../show-id.js";

interface CancelOptions {
  readonly overdue?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

const EXAMPLES = `Examples:
  keywhen cancel '2026-11-25T08:00:00.000Z|reminders|42.json|k3v9q2m8x1ap'
  keywhen list --ids --to 'reminders/*' | keywhen cancel -
  keywhen list --ids --until +0s | keywhen cancel --overdue -      (while nobody sweeps)
`;

export function addCancel(program: Command): Command {
  return program
    .command("cancel")
    .summary("take an event back")
    .description("Takes events back that are not delivered yet.")
    .addHelpText("before", EXAMPLES)
    .argument(
      "<id>",
      "its id (in single quotes), the unique beginning of it, or - for ids on stdin",
    )
    .option("--overdue", "even if it is due, as long as nobody sweeps")
    .option("-n, --dry-run", "only show what would be cancelled")
    .option("-y, --yes", "don't ask")
    .action(act(cancel));
}

async function cancel(
  session: Session,
  options: CancelOptions,
  [text = ""]: readonly string[],
): Promise<ExitCode> {
  const home = await session.openSchedule(options);
  const scheduler = createScheduler(home);
  const cancelOne = (id: string) => cancelId(session, scheduler, id, options);
  // What is overdue is cancelled under the lease, which only one can have.
  if (text === "-") return eachId(session.output, cancelOne, options.overdue ? 1 : undefined);
  const confirmed = await confirmId(session.output, text, {
    source: scheduler,
    sayNotFound: eventNotFound,
    question: "Cancel",
    isSure: options.yes === true || options.dryRun === true,
  });
  return confirmed.outcome === "confirmed" ? cancelOne(confirmed.id) : confirmed.exitCode;
}

async function cancelId(
  session: Session,
  scheduler: Scheduler,
  id: string,
  { overdue, dryRun = false }: CancelOptions,
): Promise<ExitCode> {
  const { output } = session;
  const result = await scheduler.cancel(id, { signal: session.interruption(), overdue });
  const dry = dryRun ? { dryRun } : {};
  const text = dryRun
    ? `Would cancel: ${targetOf(id)}.`
    : `Cancelled: ${targetOf(id)} will not be delivered.`;
  if (output.isJson || result.outcome === "cancelled") {
    await output.tellDone({ json: { ...result, id, ...dry }, text });
  }
  if (!output.isJson) {
    await explainCancel(output, id, result, {
      nowMs: systemClock.now(),
      overdue: overdue ?? false,
    });
  }
  if (result.outcome === "cancelled") return EXIT.done;
  return result.outcome === "not-found" ? EXIT.notFound : EXIT.tooLate;
}
