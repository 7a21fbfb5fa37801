import { createDeadLetters, type DeadLetter, type DeadLetters, systemClock } from "@keywhen/core";
import type { Command } from "commander";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { inOrder } from "../in-order.js";
import {
  type Listing,
  type ListingOptions,
  listed,
  readListing,
  withListingOptions,
} from "../listing.js";
import type { Output } from "../output.js";
import { act, type Session } from "../session.js";
import { describeDeath } from "../show-dead-letter.js";
import { quoteId } from "../show-id.js";
import { toJson } from "../to-json.js";

const EXAMPLES = `Examples:
  keywhen dead list
  keywhen dead list --to 'acme-reminders/*' --json
  keywhen dead list --ids | keywhen dead redrive -
`;

export function addDeadList(group: Command): Command {
  const command = group
    .command("list")
    .summary("show what was given up, and why")
    .description("Shows what was given up and why, in the order in which it was due.")
    .addHelpText("before", EXAMPLES);
  return withListingOptions(command).action(act(listDead));
}

async function listDead(session: Session, options: ListingOptions): Promise<ExitCode> {
  const { output } = session;
  const listing = await readListing(options, session.times());
  const home = await session.openSchedule();
  const letters = createDeadLetters(home);
  if (options.ids || (output.isQuiet && !output.isJson)) return printIds(output, letters, listing);
  const ids: string[] = [];
  for await (const letter of lettersOf(letters, listing)) {
    await output.line(output.isJson ? toJson(letter) : lineOf(letter));
    if (ids.length < 2) ids.push(letter.id);
    if (output.isClosed) return EXIT.done;
  }
  if (!output.isJson) sayWhatToDo(output, ids);
  return EXIT.done;
}

async function printIds(output: Output, letters: DeadLetters, listing: Listing): Promise<ExitCode> {
  for await (const { id } of listed(letters, listing)) {
    await output.line(id);
    if (output.isClosed) break;
  }
  return EXIT.done;
}

/** Why one died stands with each of them alone: so many HEADs are under way at once. */
const CONCURRENCY = 16;

async function* lettersOf(
  letters: DeadLetters,
  listing: Listing,
): AsyncGenerator<DeadLetter, void> {
  const found = inOrder(listed(letters, listing), CONCURRENCY, ({ id }) => letters.get(id));
  for await (const letter of found) {
    if (letter !== undefined) yield letter; // else it was redriven or purged meanwhile
  }
}

function lineOf(letter: DeadLetter): string {
  const { bucket, key } = letter.to;
  return `${describeDeath(letter, systemClock.now())} · ${bucket}/${key}`;
}

function sayWhatToDo(output: Output, [first, second]: readonly string[]): void {
  if (first === undefined) {
    if (output.isTerminal) output.note("There are no dead letters.");
  } else if (second === undefined) {
    output.note(`Repair the cause, then: keywhen dead redrive ${quoteId(first)}`);
  } else {
    output.note("Repair the cause, then: keywhen dead list --ids | keywhen dead redrive -");
  }
}
