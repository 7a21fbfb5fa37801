import { createScheduler, type RescheduleResult } from "@keywhen/core";
import type { Command } from "commander";
import { confirmId } from "../confirm-id.js";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { eventNotFound } from "../not-found.js";
import { readWhen } from "../read-time.js";
import { act, type Session } from "../session.js";
import { quoteId } from "../show-id.js";
import { showInstant } from "../show-time.js";
import { eventTooLate } from "../too-late.js";

interface RescheduleOptions {
  readonly at?: string | undefined;
  readonly in?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

const EXAMPLES = `Examples:
  keywhen reschedule 2026-11-25T08 --in 2h
  keywhen reschedule '2026-11-25T08:00:00.000Z|reminders|42.json|k3v9q2m8x1ap' --at 2026-12-24T09:00+01:00
`;

export function addReschedule(program: Command): Command {
  return program
    .command("reschedule")
    .summary("move an event to another time")
    .description("Moves an event to another time; its delivery id stays, its id changes.")
    .addHelpText("before", EXAMPLES)
    .argument("<id>", "its id (in single quotes), or the unique beginning of it")
    .option("--at <time>", "when it is due: 2026-12-24T09:00+01:00, +90m, 'tomorrow 9am'")
    .option("--in <duration>", "after how long it is due: 90s, 10m, 1.5h, 7d")
    .option("-n, --dry-run", "check everything, move nothing")
    .option("-y, --yes", "don't ask")
    .action(act(reschedule));
}

async function reschedule(
  session: Session,
  options: RescheduleOptions,
  [text = ""]: readonly string[],
): Promise<ExitCode> {
  const { output } = session;
  const when = await readWhen(options, session.times());
  const isDryRun = options.dryRun ?? false;
  const home = await session.openSchedule(options);
  const scheduler = createScheduler(home);
  const confirmed = await confirmId(output, text, {
    source: scheduler,
    sayNotFound: eventNotFound,
    question: "Move",
    isSure: options.yes === true || isDryRun,
  });
  if (confirmed.outcome === "declined") return confirmed.exitCode;
  const { id } = confirmed;
  const result = await scheduler.reschedule(id, when, { signal: session.interruption() });
  if (!output.isJson) return describe(session, id, result, isDryRun);
  await output.tellDone({ json: { id, ...result, ...(isDryRun && { dryRun: true }) }, text: "" });
  return exitCodeOf(result);
}

function exitCodeOf({ outcome }: RescheduleResult): ExitCode {
  if (outcome === "rescheduled" || outcome === "unchanged") return EXIT.done;
  return outcome === "not-found" ? EXIT.notFound : EXIT.tooLate;
}

async function describe(
  { output }: Session,
  id: string,
  result: RescheduleResult,
  isDryRun: boolean,
): Promise<ExitCode> {
  const tell = (text: string) => output.tellDone({ json: result, text, quiet: quietId(result) });
  switch (result.outcome) {
    case "rescheduled": {
      const did = isDryRun ? "Would move to" : "Moved to";
      await tell(`${did} ${showInstant(result.at)}: ${quoteId(result.id)}`);
      break;
    }
    case "unchanged":
      await tell(`Unchanged, it is due then already: ${quoteId(result.id)}`);
      break;
    case "not-found":
      return eventNotFound(output, id);
    case "too-late":
      eventTooLate(output, id, result.closedAt);
      break;
    case "undecided":
      output.failure({
        code: "undecided",
        message: `undecided: both ${quoteId(id)} and ${quoteId(result.newId)} may wait, with one delivery id.`,
        hint: "The same command again finishes the move.",
      });
  }
  return exitCodeOf(result);
}

function quietId(result: RescheduleResult): string | undefined {
  return "id" in result ? result.id : undefined;
}
