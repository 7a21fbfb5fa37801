import type { Command } from "commander";
import { addDeadList } from "./dead-list.js";
import { addDeadPurge } from "./dead-purge.js";
import { addDeadRedrive } from "./dead-redrive.js";
import { addDeadShow } from "./dead-show.js";

const EXAMPLES = `Examples:
  keywhen dead list
  keywhen dead redrive '2026-11-22T13:00:00.000Z|acme-reminders|7.json|k3v9q2m8x1ap'
  keywhen dead list --ids --to 'acme-reminders/*' | keywhen dead redrive -
`;

/** The group and its verbs. */
export function addDead(program: Command, withCommonOptions: (command: Command) => Command) {
  const group = program
    .command("dead")
    .summary("see, redrive or purge what could not be delivered")
    .description(
      "Looks after the dead letters: events that failed for longer than a sweep's --max-age, or can never be delivered.",
    )
    .addHelpText("before", EXAMPLES);
  for (const add of [addDeadList, addDeadShow, addDeadRedrive, addDeadPurge]) {
    withCommonOptions(add(group));
  }
  return group;
}
