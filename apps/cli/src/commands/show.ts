import { createScheduler, type Scheduler } from "@keywhen/core";
import type { Command } from "commander";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { eventNotFound } from "../not-found.js";
import type { Output } from "../output.js";
import { resolveId } from "../resolve-id.js";
import { act, type Session } from "../session.js";
import { describeEvent, printBody } from "../show-event.js";

interface ShowOptions {
  readonly body?: boolean | undefined;
}

const EXAMPLES = `Examples:
  keywhen show 2026-11-25T08                (the unique beginning of an id will do)
  keywhen show '2026-11-25T08:00:00.000Z|reminders|42.json|k3v9q2m8x1ap' --body
`;

export function addShow(program: Command): Command {
  return program
    .command("show")
    .summary("show the details of one event")
    .description("Shows the details of one event that waits.")
    .addHelpText("before", EXAMPLES)
    .argument("<id>", "its id (in single quotes), or the unique beginning of it")
    .option("--body", "print its payload and nothing else")
    .action(act(show));
}

async function show(
  { output, openSchedule }: Session,
  options: ShowOptions,
  [text = ""]: readonly string[],
): Promise<ExitCode> {
  const home = await openSchedule();
  const scheduler = createScheduler(home);
  const found = await resolveId(scheduler, text);
  if (found.outcome === "not-found") return eventNotFound(output, text);
  return options.body
    ? printBody(output, scheduler, found.id, eventNotFound)
    : printDetails(output, scheduler, found.id);
}

async function printDetails(output: Output, scheduler: Scheduler, id: string): Promise<ExitCode> {
  const event = await scheduler.get(id);
  if (event === undefined) return eventNotFound(output, id);
  await output.tell({ json: event, text: describeEvent(event), quiet: event.id });
  return EXIT.done;
}
