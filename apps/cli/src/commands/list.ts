import { createScheduler, type ScheduledEvent } from "@keywhen/core";
import { systemClock } from "@keywhen/core/internal";
import type { Command } from "commander";
import { type ListingOptions, listed, readListing, withListingOptions } from "../events/listing.js";
import { EXIT, type ExitCode } from "../exit-codes.js";
import type { ReadMoment } from "../input/read-time.js";
import { toJson } from "../output/output.js";
import { showBytes } from "../output/show-size.js";
import { showColumn, showDistance, showInstant } from "../output/show-time.js";
import { act, type Session } from "../session.js";
import { type KeyOptions, withKeyOptions, withKeys } from "../sweeping/schedule-options.js";

const EXAMPLES = `Examples:
  keywhen list --until +1d --to 'reminders/*'
  keywhen list --ids --to 'reports/*' | keywhen cancel -
`;

export function addList(program: Command): Command {
  const command = program
    .command("list")
    .summary("list waiting events in due order")
    .description("Lists waiting events in due order.")
    .addHelpText("before", EXAMPLES);
  return withKeyOptions(withListingOptions(command)).action(act(list));
}

async function list(session: Session, options: KeyOptions & ListingOptions): Promise<ExitCode> {
  const { output } = session;
  const { isJson, isTerminal } = output;
  const listing = await readListing(options, session.times());
  const scheduler = createScheduler(await withKeys(await session.openSchedule(), options));
  const idsOnly = options.ids || (output.isQuiet && !isJson);
  let isEmpty = true;
  for await (const event of listed(scheduler, listing)) {
    await output.line(idsOnly ? event.id : isJson ? toJson(event) : lineOf(event));
    isEmpty = false;
    if (output.isClosed) break;
  }
  if (isEmpty && isTerminal && !isJson && !options.ids) output.note(nothingDue(listing.until));
  return EXIT.done;
}

export function lineOf({ at, to, size }: ScheduledEvent): string {
  const distance = showDistance(at.getTime() - systemClock.now());
  const bytes = showBytes(size).padStart(6);
  return [showColumn(at), distance.padStart(14), bytes, `${to.bucket}/${to.key}`].join("   ");
}

function nothingDue(until: ReadMoment | undefined): string {
  const end = until instanceof Date ? showInstant(until) : until;
  const what = end === undefined ? "Nothing is waiting" : `Nothing is due before ${end}`;
  return `${what}. Try: keywhen schedule --in 10m --to BUCKET/KEY --body hello`;
}
