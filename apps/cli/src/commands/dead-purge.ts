import { createDeadLetters, type DeadLetters, type PurgeResult } from "@keywhen/core";
import type { Command } from "commander";
import { confirmId } from "../confirm-id.js";
import { eachId } from "../each-id.js";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { letterNotFound } from "../not-found.js";
import type { Output } from "../output.js";
import { act, type Session } from "../session.js";
import { quoteId, targetOf } from "../show-id.js";

interface PurgeOptions {
  readonly dryRun?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

const EXAMPLES = `Examples:
  keywhen dead purge '2026-11-22T13:00:00.000Z|acme-reminders|7.json|k3v9q2m8x1ap'
  keywhen dead list --ids --until 2026-01-01T00:00Z | keywhen dead purge -
`;

export function addDeadPurge(group: Command): Command {
  return group
    .command("purge")
    .summary("delete dead letters for good")
    .description("Deletes dead letters for good, with their payloads.")
    .addHelpText("before", EXAMPLES)
    .argument(
      "<id>",
      "its id (in single quotes), the unique beginning of it, or - for ids on stdin",
    )
    .option("-n, --dry-run", "only show what would be deleted")
    .option("-y, --yes", "don't ask")
    .action(act(purgeDead));
}

async function purgeDead(
  session: Session,
  options: PurgeOptions,
  [text = ""]: readonly string[],
): Promise<ExitCode> {
  const isDryRun = options.dryRun ?? false;
  const home = await session.openSchedule(options);
  const letters = createDeadLetters(home);
  const purgeOne = (id: string) => purgeId(session, letters, id, isDryRun);
  if (text === "-") return eachId(session.output, purgeOne);
  const confirmed = await confirmId(session.output, text, {
    source: letters,
    sayNotFound: letterNotFound,
    question: "Delete for good",
    isSure: options.yes === true || isDryRun,
    alwaysAsk: true,
  });
  return confirmed.outcome === "confirmed" ? purgeOne(confirmed.id) : confirmed.exitCode;
}

async function purgeId(
  session: Session,
  letters: DeadLetters,
  id: string,
  isDryRun: boolean,
): Promise<ExitCode> {
  const { output } = session;
  const result = await letters.purge(id, { signal: session.interruption() });
  const dry = isDryRun ? { dryRun: true } : {};
  const text = `${isDryRun ? "Would delete" : "Deleted"} for good: ${targetOf(id)}.`;
  if (output.isJson || result.outcome === "purged") {
    await output.tellDone({ json: { ...result, id, ...dry }, text });
  }
  if (!output.isJson) await explain(output, id, result);
  return EXIT_CODES[result.outcome];
}

const EXIT_CODES = {
  purged: EXIT.done,
  "not-found": EXIT.notFound,
  undecided: EXIT.tooLate,
} as const satisfies Record<PurgeResult["outcome"], ExitCode>;

async function explain(output: Output, id: string, result: PurgeResult): Promise<void> {
  if (result.outcome === "not-found") await letterNotFound(output, id);
  if (result.outcome !== "undecided") return;
  output.failure({
    code: "undecided",
    message: `undecided: the store's answer for ${quoteId(id)} is missing (${result.error.message}).`,
    hint: "Run the same command again.",
  });
}
