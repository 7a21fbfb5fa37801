import type { Command } from "commander";
import { withSearch } from "../names/name-options.js";
import type { PutOptions } from "../names/put-event.js";
import { act } from "../session.js";
import { withNewEventOptions, withPayloadOptions } from "./options.js";

const EXAMPLES = `Examples:
  keywhen put inactive/42 --in 3d --to reminders/inactive/42.json --body '{"userId":42}'
  keywhen put index/document-7 --in 10s --max-wait 2m --to index/document-7 --body '{}'
  keywhen show --name inactive/42
  keywhen cancel --name inactive/42
`;

export function addPut(program: Command): Command {
  const command = program
    .command("put")
    .summary("store the one event of a name, or replace it")
    .description("Stores an event under a name of yours, or replaces the one that waits under it.")
    .argument("<name>", "its name, such as inactive/42")
    .addHelpText("before", EXAMPLES);
  const body = "its payload is this text (default: the content of the pipe)";
  return withSearch(withPayloadOptions(withNewEventOptions(command), body))
    .option(
      "--max-wait <duration>",
      "however often it is put again, it is due at most this long after the first put",
    )
    .option("-n, --dry-run", "check everything, store nothing")
    .action(
      act<PutOptions>(async (session, options, args) => {
        const { putEvent } = await import("./delivery.js"); // only this verb needs it
        return putEvent(session, options, args);
      }),
    );
}
