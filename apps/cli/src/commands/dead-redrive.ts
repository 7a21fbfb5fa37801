import { createDeadLetters, type DeadLetters, type RedriveResult, type When } from "@keywhen/core";
import type { Command } from "commander";
import { confirmId } from "../confirm-id.js";
import { eachId } from "../each-id.js";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { letterNotFound } from "../not-found.js";
import type { Output } from "../output.js";
import { readWhen } from "../read-time.js";
import { act, type Session } from "../session.js";
import { quoteId } from "../show-id.js";
import { showInstant } from "../show-time.js";

interface RedriveOptions {
  readonly at?: string | undefined;
  readonly in?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

const EXAMPLES = `Examples:
  keywhen dead redrive '2026-11-22T13:00:00.000Z|acme-reminders|7.json|k3v9q2m8x1ap' --in 5m
  keywhen dead list --ids --to 'acme-reminders/*' | keywhen dead redrive -
`;

export function addDeadRedrive(group: Command): Command {
  return group
    .command("redrive")
    .summary("schedule dead letters again")
    .description("Schedules dead letters again, due now if nothing else is said.")
    .addHelpText("before", EXAMPLES)
    .argument(
      "<id>",
      "its id (in single quotes), the unique beginning of it, or - for ids on stdin",
    )
    .option("--at <time>", "when it is due: 2026-12-24T09:00+01:00, +90m, 'tomorrow 9am'")
    .option("--in <duration>", "after how long it is due: 90s, 10m, 1.5h, 7d")
    .option("-n, --dry-run", "check everything, move nothing")
    .option("-y, --yes", "don't ask")
    .action(act(redriveDead));
}

async function redriveDead(
  session: Session,
  options: RedriveOptions,
  [text = ""]: readonly string[],
): Promise<ExitCode> {
  const isSoon = options.at === undefined && options.in === undefined;
  const when = isSoon ? undefined : await readWhen(options, session.times());
  const isDryRun = options.dryRun ?? false;
  const home = await session.openSchedule(options);
  const letters = createDeadLetters(home);
  const redriveOne = (id: string) => redriveId(session, letters, id, when, isDryRun);
  if (text === "-") return eachId(session.output, redriveOne);
  const confirmed = await confirmId(session.output, text, {
    source: letters,
    sayNotFound: letterNotFound,
    question: "Redrive",
    isSure: options.yes === true || isDryRun,
  });
  return confirmed.outcome === "confirmed" ? redriveOne(confirmed.id) : confirmed.exitCode;
}

async function redriveId(
  session: Session,
  letters: DeadLetters,
  deadId: string,
  when: When | undefined,
  isDryRun: boolean,
): Promise<ExitCode> {
  const { output } = session;
  const result = await letters.redrive(deadId, when, { signal: session.interruption() });
  const dry = isDryRun ? { dryRun: true } : {};
  if (output.isJson) await output.tellDone({ json: { ...result, deadId, ...dry }, text: "" });
  else await explain(output, deadId, result, isDryRun);
  return EXIT_CODES[result.outcome];
}

const EXIT_CODES = {
  redriven: EXIT.done,
  "not-found": EXIT.notFound,
  undecided: EXIT.tooLate,
} as const satisfies Record<RedriveResult["outcome"], ExitCode>;

async function explain(
  output: Output,
  deadId: string,
  result: RedriveResult,
  isDryRun: boolean,
): Promise<void> {
  switch (result.outcome) {
    case "redriven": {
      const did = isDryRun ? "Would redrive, due" : "Redriven, due";
      const text = `${did} ${showInstant(result.at)}: ${quoteId(result.id)}`;
      return output.tellDone({ json: result, text, quiet: result.id });
    }
    case "not-found":
      await letterNotFound(output, deadId);
      return;
    case "undecided":
      return output.failure({
        code: "undecided",
        message: `undecided: both the dead letter ${quoteId(deadId)} and ${quoteId(result.newId)} may be there, with one delivery id.`,
        hint: "keywhen dead show and keywhen show tell; if both are, purge the dead letter.",
      });
  }
}
