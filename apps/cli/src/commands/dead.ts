import { Readable } from "node:stream";
import {
  createDeadLetters,
  type DeadLetter,
  type DeadLetters,
  type RedriveResult,
  type ScheduledEvent,
} from "@keywhen/core";
import { systemClock } from "@keywhen/core/internal";
import type { Command } from "commander";
import {
  type ChangeOptions,
  changeEvents,
  ONE_OR_MORE_IDS,
  withChangeOptions,
} from "../events/change-events.js";
import { targetOf } from "../events/event-ids.js";
import {
  type Listing,
  type ListingOptions,
  listed,
  readListing,
  withListingOptions,
} from "../events/listing.js";
import { describeEvent, type ShowOptions, showOne, withShowOptions } from "../events/show-event.js";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { readWhen } from "../input/read-time.js";
import { missingLetter, type Problem, printOutcome, quoteId } from "../outcome.js";
import { type Output, toJson } from "../output/output.js";
import { showInstant, showMinute } from "../output/show-time.js";
import { act, type Session } from "../session.js";
import { type WhenOptions, withWhenOptions } from "./options.js";

const ID = "2026-11-22T13:00:00.000Z|acme-reminders|7.json|k3v9q2m8x1ap";
const EXAMPLES = `Examples:
  keywhen dead list
  keywhen dead redrive '${ID}'
  keywhen dead list --ids --to 'acme-reminders/*' | keywhen dead redrive -
`;
const LIST_EXAMPLES = `Examples:
  keywhen dead list
  keywhen dead list --to 'acme-reminders/*' --json
  keywhen dead list --ids | keywhen dead redrive -
`;
const SHOW_EXAMPLES = `Examples:
  keywhen dead show 2026-11-22T13           (the unique beginning of an id is enough)
  keywhen dead show '${ID}' --body
`;
const REDRIVE_EXAMPLES = `Examples:
  keywhen dead redrive '${ID}' --in 5m
  keywhen dead list --ids --to 'acme-reminders/*' | keywhen dead redrive -
`;
const PURGE_EXAMPLES = `Examples:
  keywhen dead purge '${ID}'
  keywhen dead list --ids --until 2026-01-01T00:00Z | keywhen dead purge -
`;

export function addDead(program: Command): void {
  const group = program
    .command("dead")
    .summary("show, redrive or purge what could not be delivered")
    .description(
      "Manages the dead letters: events that failed for longer than a sweep's --max-age, expired, or can never be delivered.",
    )
    .addHelpText("before", EXAMPLES);
  const list = group
    .command("list")
    .summary("list the dead letters, with the reasons")
    .description("Lists the dead letters with the reasons, in due order.")
    .addHelpText("before", LIST_EXAMPLES);
  withListingOptions(list).action(act(listDead));
  const show = group
    .command("show")
    .summary("show the details of one dead letter")
    .description("Shows the details of one dead letter.")
    .addHelpText("before", SHOW_EXAMPLES);
  withShowOptions(show).action(act(showDead));
  const redrive = group
    .command("redrive")
    .summary("schedule dead letters again")
    .description("Schedules dead letters again, due now unless --at or --in is given.")
    .addHelpText("before", REDRIVE_EXAMPLES);
  const withWhen = withWhenOptions(redrive);
  withChangeOptions(withWhen, ONE_OR_MORE_IDS, "check everything, move nothing").action(
    act(redriveDead),
  );
  const purge = group
    .command("purge")
    .summary("delete dead letters permanently")
    .description("Deletes dead letters permanently, with their payloads.")
    .addHelpText("before", PURGE_EXAMPLES);
  withChangeOptions(purge, ONE_OR_MORE_IDS, "only show what would be deleted").action(
    act(purgeDead),
  );
}

async function listDead(session: Session, options: ListingOptions): Promise<ExitCode> {
  const { output } = session;
  const listing = await readListing(options, session.times());
  const letters = createDeadLetters(await session.openSchedule());
  const idsOnly = options.ids || (output.isQuiet && !output.isJson);
  const ids: string[] = [];
  let hasExpired = false;
  for await (const letter of idsOnly ? listed(letters, listing) : lettersOf(letters, listing)) {
    await output.line(lineOf(letter, output.isJson));
    if (output.isClosed) return EXIT.done;
    if (ids.length < 2) ids.push(letter.id);
    hasExpired ||= "reason" in letter && letter.reason === "expired";
  }
  if (!output.isJson && !idsOnly) sayWhatToDo(output, ids, hasExpired);
  return EXIT.done;
}

/** Only the dead letter itself has its reason: this number of HEAD requests are in flight at the same time. */
const CONCURRENCY = 16;

async function* lettersOf(
  letters: DeadLetters,
  listing: Listing,
): AsyncGenerator<DeadLetter, void> {
  const read = async ({ id }: ScheduledEvent) => ({ letter: await letters.get(id) });
  const found: AsyncIterable<{ readonly letter: DeadLetter | undefined }> = Readable.from(
    listed(letters, listing),
  ).map(read, { concurrency: CONCURRENCY });
  for await (const { letter } of found) {
    if (letter !== undefined) yield letter; // otherwise it was redriven or purged after it was listed
  }
}

function lineOf(letter: ScheduledEvent | DeadLetter, isJson: boolean): string {
  if (!("diedAt" in letter)) return letter.id;
  if (isJson) return toJson(letter);
  return `${describeDeath(letter)} · ${letter.to.bucket}/${letter.to.key}`;
}

/** `died 23 Nov 14:02 · max-age · no-such-bucket`. */
function describeDeath({ diedAt, reason, error }: DeadLetter): string {
  const code = error?.code;
  return [
    `died ${showMinute(diedAt, systemClock.now())}`,
    reason ?? "for an unknown reason",
    ...(code === undefined || code === reason ? [] : [code]),
  ].join(" · ");
}

function sayWhatToDo(
  output: Output,
  [first, second]: readonly string[],
  hasExpired: boolean,
): void {
  if (first === undefined) {
    if (output.isTerminal) output.note("There are no dead letters.");
  } else if (hasExpired) {
    const id = second === undefined ? quoteId(first) : "ID";
    output.note(
      `If an expired event still has a value, run: keywhen dead redrive ${id}. Otherwise: keywhen dead purge ${id}`,
    );
    if (second !== undefined) output.note("Fix the cause of the others before you redrive them.");
  } else if (second === undefined) {
    output.note(`Fix the cause, then run: keywhen dead redrive ${quoteId(first)}`);
  } else {
    output.note("Fix the cause, then run: keywhen dead list --ids | keywhen dead redrive -");
  }
}

async function showDead(
  { output, openSchedule }: Session,
  options: ShowOptions,
  [text = ""]: readonly string[],
): Promise<ExitCode> {
  const source = createDeadLetters(await openSchedule());
  return showOne(output, text, options, { source, describe, describeMissing: missingLetter });
}

function describe(letter: DeadLetter): string {
  const message = letter.error?.message ?? "";
  return `${describeDeath(letter)}${message && `: ${message}`} · ${describeEvent(letter)}`;
}

async function redriveDead(
  session: Session,
  options: WhenOptions & ChangeOptions,
  [text = ""]: readonly string[],
): Promise<ExitCode> {
  const { output } = session;
  const isNow = options.at === undefined && options.in === undefined;
  const when = isNow ? undefined : await readWhen(options, session.times());
  const { dryRun = false } = options;
  const source = createDeadLetters(await session.openSchedule(options));
  const changeOne = async (deadId: string) => {
    const result = await source.redrive(deadId, when, { signal: session.interruption() });
    const isDone = result.outcome === "redriven";
    return printOutcome(output, {
      json: { ...result, deadId, ...(dryRun && { dryRun }) },
      text: isDone
        ? () =>
            `${dryRun ? "Would redrive" : "Redriven"}, due ${showInstant(result.at)}: ${quoteId(result.id)}`
        : undefined,
      quiet: isDone ? result.id : undefined,
      problem: redriveProblem(deadId, result),
    });
  };
  const change = { source, describeMissing: missingLetter, question: "Redrive", changeOne };
  return changeEvents(output, text, options, change);
}

function redriveProblem(deadId: string, result: RedriveResult): Problem | undefined {
  if (result.outcome === "redriven") return undefined;
  if (result.outcome === "not-found") return missingLetter(deadId);
  return {
    message: `undecided: both the dead letter ${quoteId(deadId)} and ${quoteId(result.newId)} may be there, with one delivery id.`,
    hint: "Check with keywhen dead show and keywhen show. If both are there, purge the dead letter.",
  };
}

async function purgeDead(
  session: Session,
  options: ChangeOptions,
  [text = ""]: readonly string[],
): Promise<ExitCode> {
  const { output } = session;
  const { dryRun = false } = options;
  const source = createDeadLetters(await session.openSchedule(options));
  const changeOne = async (id: string) => {
    const result = await source.purge(id, { signal: session.interruption() });
    const message = `undecided: the store's answer for ${quoteId(id)} is missing`;
    return printOutcome(output, {
      json: { ...result, id, ...(dryRun && { dryRun }) },
      text: `${dryRun ? "Would delete" : "Deleted"} permanently: ${targetOf(id)}.`,
      problem:
        result.outcome === "undecided"
          ? {
              message: `${message} (${result.error.message}).`,
              hint: "Run the same command again.",
            }
          : result.outcome === "not-found"
            ? missingLetter(id)
            : undefined,
    });
  };
  const question = "Permanently delete";
  const change = { source, describeMissing: missingLetter, question, alwaysAsk: true, changeOne };
  return changeEvents(output, text, options, change);
}
