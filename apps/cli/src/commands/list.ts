import { createScheduler, type Moment, type ScheduledEvent, systemClock } from "@keywhen/core";
import type { Command } from "commander";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { type ListingOptions, listed, readListing, withListingOptions } from "../listing.js";
import { type KeyOptions, withKeyOptions, withKeys } from "../read-codec.js";
import { act, type Session } from "../session.js";
import { showBytes } from "../show-size.js";
import { showColumn, showDistance, showInstant } from "../show-time.js";
import { toJson } from "../to-json.js";

type ListOptions = KeyOptions & ListingOptions;

const EXAMPLES = `Examples:
  keywhen list --until +1d --to 'reminders/*'
  keywhen list --ids --to 'reports/*' | keywhen cancel -
`;

export function addList(program: Command): Command {
  const command = program
    .command("list")
    .summary("show what waits, in due order")
    .description("Shows what waits, in due order.")
    .addHelpText("before", EXAMPLES);
  return withKeyOptions(withListingOptions(command)).action(act(list));
}

async function list(session: Session, options: ListOptions): Promise<ExitCode> {
  const { output } = session;
  const listing = await readListing(options, session.times());
  const home = await session.openSchedule();
  const scheduler = createScheduler(await withKeys(home, options));
  let isEmpty = true;
  for await (const event of listed(scheduler, listing)) {
    await output.line(
      lineOf(event, options.ids || (output.isQuiet && !output.isJson), output.isJson),
    );
    isEmpty = false;
    if (output.isClosed) break;
  }
  if (isEmpty && output.isTerminal && !output.isJson && !options.ids) {
    output.note(nothingDue(listing.until));
  }
  return EXIT.done;
}

function lineOf(event: ScheduledEvent, idsOnly: boolean, isJson: boolean): string {
  if (idsOnly) return event.id;
  if (isJson) return toJson(event);
  const distance = showDistance(event.at.getTime() - systemClock.now());
  const target = `${event.to.bucket}/${event.to.key}`;
  return [
    showColumn(event.at),
    distance.padStart(14),
    showBytes(event.size).padStart(6),
    target,
  ].join("   ");
}

function nothingDue(until: Moment | undefined): string {
  const what = until === undefined ? "Nothing is waiting" : `Nothing is due before ${show(until)}`;
  return `${what}. Try: keywhen schedule --in 10m --to BUCKET/KEY --body hello`;
}

function show(moment: Moment): string {
  return moment instanceof Date ? showInstant(moment) : String(moment);
}
