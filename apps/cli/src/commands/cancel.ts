import { type CancelResult, createScheduler, parseEventId, type Scheduler } from "@keywhen/core";
import type { Command } from "commander";
import { confirmBeginning } from "../confirm-beginning.js";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { eventNotFound } from "../not-found.js";
import type { Output } from "../output.js";
import { readLines } from "../read-lines.js";
import { wholeId } from "../resolve-id.js";
import { act, type Session } from "../session.js";
import { quoteId } from "../show-id.js";
import { eventTooLate } from "../too-late.js";

interface CancelOptions {
  readonly dryRun?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

const EXAMPLES = `Examples:
  keywhen cancel '2026-11-25T08:00:00.000Z|reminders|42.json|k3v9q2m8x1ap'
  keywhen list --ids --to 'reminders/*' | keywhen cancel -
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
    .option("-n, --dry-run", "only tell what would be cancelled")
    .option("-y, --yes", "don't ask")
    .action(act(cancel));
}

async function cancel(
  session: Session,
  options: CancelOptions,
  [text = ""]: readonly string[],
): Promise<ExitCode> {
  await using home = await session.openHome(options);
  const cancelOne = createCancelOne(session, createScheduler(home), options.dryRun ?? false);
  if (text === "-") return cancelMany(session, cancelOne);
  const confirmed = await confirmBeginning(session.output, createScheduler(home), text, {
    question: "Cancel",
    isSure: options.yes === true || options.dryRun === true,
  });
  return confirmed.outcome === "confirmed" ? cancelOne(confirmed.id) : confirmed.exitCode;
}

type CancelOne = (id: string) => Promise<ExitCode>;

function createCancelOne(session: Session, scheduler: Scheduler, isDryRun: boolean): CancelOne {
  const { output } = session;
  return async (id) => {
    const signal = session.interruption();
    const result = await scheduler.cancel(id, { signal });
    const dry = isDryRun ? { dryRun: true } : {};
    const text = isDryRun
      ? `Would cancel: ${targetOf(id)}.`
      : `Cancelled: ${targetOf(id)} will not be delivered.`;
    if (output.isJson || result.outcome === "cancelled") {
      await output.tell({ json: { ...result, id, ...dry }, text });
    }
    return output.isJson ? exitCodeOf(result) : explain(output, id, result);
  };
}

function exitCodeOf({ outcome }: CancelResult): ExitCode {
  if (outcome === "cancelled") return EXIT.done;
  return outcome === "not-found" ? EXIT.notFound : EXIT.tooLate;
}

function explain(output: Output, id: string, result: CancelResult): ExitCode {
  switch (result.outcome) {
    case "cancelled":
      break;
    case "not-found":
      eventNotFound(output, id);
      break;
    case "too-late":
      eventTooLate(output, id, result.closedAt);
      break;
    case "undecided":
      output.failure({
        code: "undecided",
        message: `undecided: the store's answer for ${quoteId(id)} is missing or came too late.`,
        hint: "It may or may not be delivered; keywhen show tells whether it still waits.",
      });
  }
  return exitCodeOf(result);
}

function targetOf(id: string): string {
  const to = parseEventId(id)?.to;
  return to === undefined ? quoteId(id) : `${to.bucket}/${to.key}`;
}

const CONCURRENCY = 16;

/** Cancels the ids on stdin, several at a time. What the store refuses altogether ends it. */
async function cancelMany(session: Session, cancelOne: CancelOne): Promise<ExitCode> {
  const { output } = session;
  const codes: ExitCode[] = [];
  let isOver = false;
  const ids = readLines(process.stdin);
  const work = async () => {
    for (let next = await ids.next(); !next.done && !isOver; next = await ids.next()) {
      try {
        codes.push(await cancelOne(wholeId(next.value)));
      } catch (error) {
        const code = output.error(error);
        codes.push(code);
        isOver ||= code !== EXIT.usage; // a wrong line says nothing about the next one
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  process.stdin.destroy();
  return summaryOf(codes);
}

/** What many exit codes come to: the one that they all share, or "partly". */
function summaryOf(codes: readonly ExitCode[]): ExitCode {
  const failures = codes.filter((code) => code !== EXIT.done);
  const [first] = failures;
  if (first === undefined) return EXIT.done;
  return failures.length < codes.length ? EXIT.partly : first;
}
