import type { Command } from "commander";
import type { FindOptions } from "../events/find-events.js";
import { withGroupOptions } from "../events/group-options.js";
import { act } from "../session.js";

const work = () => import("./delivery.js"); // few verbs need it

const EXAMPLES = `Examples:
  keywhen find --delivery-id order-42
  keywhen find --delivery-id 'order-42/*' --until +7d --json
  keywhen find --to 'reminders/42/*'
`;

export function addFind(program: Command): Command {
  const command = program
    .command("find")
    .summary("find waiting events by delivery id or target")
    .description(
      "Finds waiting events by their delivery id or target, in no order. Reads every waiting event in the range of time, 1,000 at each LIST.",
    )
    .addHelpText("before", EXAMPLES);
  return withGroupOptions(command)
    .option("--to <pattern>", "events for these targets: bucket, 'bucket/prefix*', bucket/key")
    .option("--limit <count>", "at most this number of events")
    .option("--ids", "print only the ids, one a line")
    .action(
      act<FindOptions>(async (session, options) => (await work()).findEvents(session, options)),
    );
}
