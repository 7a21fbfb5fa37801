import { createDeadLetters, type DeadLetter, type DeadLetters, systemClock } from "@keywhen/core";
import type { Command } from "commander";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { letterNotFound } from "../not-found.js";
import type { Output } from "../output.js";
import { resolveId } from "../resolve-id.js";
import { act, type Session } from "../session.js";
import { describeDeath } from "../show-dead-letter.js";
import { describeEvent, printBody } from "../show-event.js";

interface ShowOptions {
  readonly body?: boolean | undefined;
}

const EXAMPLES = `Examples:
  keywhen dead show 2026-11-22T13           (the unique beginning of an id will do)
  keywhen dead show '2026-11-22T13:00:00.000Z|acme-reminders|7.json|k3v9q2m8x1ap' --body
`;

export function addDeadShow(group: Command): Command {
  return group
    .command("show")
    .summary("show the details of one dead letter")
    .description("Shows the details of one dead letter.")
    .addHelpText("before", EXAMPLES)
    .argument("<id>", "its id (in single quotes), or the unique beginning of it")
    .option("--body", "print its payload and nothing else")
    .action(act(showDead));
}

async function showDead(
  { output, openSchedule }: Session,
  options: ShowOptions,
  [text = ""]: readonly string[],
): Promise<ExitCode> {
  const home = await openSchedule();
  const letters = createDeadLetters(home);
  const found = await resolveId(letters, text);
  if (found.outcome === "not-found") return letterNotFound(output, text);
  return options.body
    ? printBody(output, letters, found.id, letterNotFound)
    : printLetter(output, letters, found.id);
}

async function printLetter(output: Output, letters: DeadLetters, id: string): Promise<ExitCode> {
  const letter = await letters.get(id);
  if (letter === undefined) return letterNotFound(output, id);
  await output.tell({ json: letter, text: describe(letter), quiet: letter.id });
  return EXIT.done;
}

function describe(letter: DeadLetter): string {
  const death = describeDeath(letter, systemClock.now());
  const words = letter.error?.message ?? "";
  return `${death}${words === "" ? "" : `: ${words}`} · ${describeEvent(letter)}`;
}
