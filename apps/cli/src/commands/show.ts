import { createScheduler } from "@keywhen/core";
import { parseWakeUpId } from "@keywhen/core/internal";
import type { Command } from "commander";
import { describeEvent, type ShowOptions, showOne, withShowOptions } from "../events/show-event.js";
import type { ExitCode } from "../exit-codes.js";
import { isNamed, withNameOptions } from "../names/name-options.js";
import type { NameOptions } from "../names/named-event.js";
import { missingEvent } from "../outcome.js";
import { act, type CommandSchedule, type Session } from "../session.js";

const EXAMPLES = `Examples:
  keywhen show 2026-11-25T08                (the unique beginning of an id is enough)
  keywhen show '2026-11-25T08:00:00.000Z|reminders|42.json|k3v9q2m8x1ap' --body
  keywhen show '2026-11-25T08:00:00.000Z|reminders|42.json|k3v9q2m8x1ap' --until now
  keywhen show --name inactive/42
`;

interface ShowWaitingOptions extends ShowOptions, NameOptions {
  readonly until?: string | undefined;
}

export function addShow(program: Command): Command {
  const command = program
    .command("show")
    .summary("show the details of one event")
    .description(
      "Shows the details of one waiting event, or what the journal says of one that no longer waits.",
    )
    .addHelpText("before", EXAMPLES);
  return withNameOptions(withShowOptions(command, "[id]"))
    .option(
      "--until <time>",
      "read the journal until this time (default: at most 2,000 objects of it)",
    )
    .action(act(show));
}

async function show(
  session: Session,
  options: ShowWaitingOptions,
  [given = ""]: readonly string[],
): Promise<ExitCode> {
  const byName = isNamed(given, options);
  const location = await session.openSchedule();
  const found = byName ? await findByName(session, location, options) : { id: given };
  if ("exitCode" in found) return found.exitCode;
  const text = found.id;
  const showPast = async (id: string) => {
    const { showDelivered } = await import("./delivery.js"); // rarely needed
    return showDelivered(session, location, id, options.until);
  };
  const isWakeUp = !options.body && parseWakeUpId(text) !== undefined;
  const past = isWakeUp ? await showPast(text) : undefined;
  if (past !== undefined) return past;
  const source = createScheduler(location);
  const shown = { source, describe: describeEvent, describeMissing: missingEvent, showPast };
  return showOne(session.output, text, options, shown);
}

async function findByName(session: Session, location: CommandSchedule, options: NameOptions) {
  const { findNamed } = await import("./delivery.js"); // only with --name
  return findNamed(session, location, options);
}
