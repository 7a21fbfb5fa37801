import { createScheduler } from "@keywhen/core";
import { parseWakeUpId } from "@keywhen/core/internal";
import type { Command } from "commander";
import { describeEvent, type ShowOptions, showOne, withShowOptions } from "../events/show-event.js";
import type { ExitCode } from "../exit-codes.js";
import { missingEvent } from "../outcome.js";
import { act, type Session } from "../session.js";

const EXAMPLES = `Examples:
  keywhen show 2026-11-25T08                (the unique beginning of an id is enough)
  keywhen show '2026-11-25T08:00:00.000Z|reminders|42.json|k3v9q2m8x1ap' --body
  keywhen show '2026-11-25T08:00:00.000Z|reminders|42.json|k3v9q2m8x1ap' --until now
`;

interface ShowWaitingOptions extends ShowOptions {
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
  return withShowOptions(command)
    .option(
      "--until <time>",
      "read the journal until this time (default: at most 2,000 objects of it)",
    )
    .action(act(show));
}

async function show(
  session: Session,
  options: ShowWaitingOptions,
  [text = ""]: readonly string[],
): Promise<ExitCode> {
  const location = await session.openSchedule();
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
