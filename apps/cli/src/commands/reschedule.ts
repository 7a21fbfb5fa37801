import { createScheduler, type RescheduleResult } from "@keywhen/core";
import type { Command } from "commander";
import {
  type ChangeOptions,
  changeOne,
  ONE_ID,
  withChangeOptions,
} from "../events/change-events.js";
import type { ExitCode } from "../exit-codes.js";
import { readWhen } from "../input/read-time.js";
import {
  eventClosed,
  missingEvent,
  type Outcome,
  type Problem,
  printOutcome,
  quoteId,
} from "../outcome.js";
import { showInstant } from "../output/show-time.js";
import { act, type Session } from "../session.js";
import { type WhenOptions, withWhenOptions } from "./options.js";

const EXAMPLES = `Examples:
  keywhen reschedule 2026-11-25T08 --in 2h
  keywhen reschedule '2026-11-25T08:00:00.000Z|reminders|42.json|k3v9q2m8x1ap' --at 2026-12-24T09:00+01:00
`;

export function addReschedule(program: Command): Command {
  const command = program
    .command("reschedule")
    .summary("move an event to another time")
    .description("Moves an event to another time. Its delivery id stays, its id changes.")
    .addHelpText("before", EXAMPLES);
  return withChangeOptions(
    withWhenOptions(command),
    ONE_ID,
    "check everything, move nothing",
  ).action(act(reschedule));
}

async function reschedule(
  session: Session,
  options: WhenOptions & ChangeOptions,
  [text = ""]: readonly string[],
): Promise<ExitCode> {
  const { output } = session;
  const when = await readWhen(options, session.times());
  const { dryRun = false } = options;
  const source = createScheduler(await session.openSchedule(options));
  const move = async (id: string) => {
    const result = await source.reschedule(id, when, { signal: session.interruption() });
    return printOutcome(output, {
      json: { id, ...result, ...(dryRun && { dryRun }) },
      text: describe(result, dryRun),
      quiet: "id" in result ? result.id : undefined,
      problem: problemOf(id, result),
    });
  };
  const change = { source, describeMissing: missingEvent, question: "Move", changeOne: move };
  return changeOne(output, text, options, change);
}

function describe(result: RescheduleResult, isDryRun: boolean): Outcome["text"] {
  if (result.outcome === "unchanged") {
    return `Unchanged, it is due then already: ${quoteId(result.id)}`;
  }
  if (result.outcome !== "rescheduled") return undefined;
  return () =>
    `${isDryRun ? "Would move to" : "Moved to"} ${showInstant(result.at)}: ${quoteId(result.id)}`;
}

function problemOf(id: string, result: RescheduleResult): Problem | undefined {
  switch (result.outcome) {
    case "rescheduled":
    case "unchanged":
      return undefined;
    case "not-found":
      return missingEvent(id);
    case "too-late":
      return eventClosed(id, result.closedAt);
    case "undecided":
      return {
        message: `undecided: both ${quoteId(id)} and ${quoteId(result.newId)} may wait, with one delivery id.`,
        hint: "Run the same command again to finish the move.",
      };
  }
}
