import { Command } from "commander";
import { addCancel } from "./commands/cancel.js";
import { addCompletion } from "./commands/completion.js";
import { addCost } from "./commands/cost.js";
import { addDead } from "./commands/dead.js";
import { addDecode } from "./commands/decode.js";
import { addDoctor } from "./commands/doctor.js";
import { addKey } from "./commands/key.js";
import { addList } from "./commands/list.js";
import { addMigrate } from "./commands/migrate.js";
import { addReschedule } from "./commands/reschedule.js";
import { addRun } from "./commands/run.js";
import { addSchedule } from "./commands/schedule.js";
import { addShards } from "./commands/shards.js";
import { addShow } from "./commands/show.js";
import { addSweep } from "./commands/sweep.js";
import { refuseRepeatedOptions, withCommonOptions, withOutputOptions } from "./common-options.js";
import { parserError } from "./parser-error.js";
import { readVersion } from "./version.js";

const EXAMPLES = `Examples:
  export KEYWHEN_STORE=file:./data          (or s3://acme-schedule)
  keywhen schedule --in 10m --to reminders/42.json --body '{"userId":42}'
  keywhen list
  keywhen sweep                             (or: keywhen run)
`;

const EXIT_CODES = `
Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 too late or undecided, 5 already there,
6 partly done, 7 another sweeper is at work, 8 done but not printed, 130 interrupted.
Ids contain |, so quote them in a shell.`;

/**
 * The command line: every command with its options. Throws a `CommanderError` instead of exiting, for help and the version
 * as well, whose text it gives to `onHelp` before.
 */
export function createProgram(onHelp: (text: string) => void): Command {
  const program = new Command("keywhen")
    .description("Schedules one-time events with nothing but a bucket.")
    .version(readVersion())
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", EXIT_CODES)
    .enablePositionalOptions()
    .configureOutput({ writeOut: onHelp, writeErr: onHelp, outputError: () => {} }); // errors: main() writes them
  withCommonOptions(program);
  program.commandsGroup("Events:");
  for (const add of [addSchedule, addList, addShow, addCancel, addReschedule]) {
    withCommonOptions(add(program));
  }
  program.commandsGroup("Delivery:");
  for (const add of [addSweep, addRun]) withCommonOptions(add(program));
  withCommonOptions(addDead(program, withCommonOptions));
  withCommonOptions(addShards(program, withCommonOptions));
  for (const add of [addDoctor, addMigrate]) withCommonOptions(add(program));
  program.commandsGroup("Keys:");
  withCommonOptions(addKey(program));
  withOutputOptions(addDecode(program));
  program.commandsGroup("Planning:");
  withOutputOptions(addCost(program));
  program.commandsGroup("Help:");
  withOutputOptions(addCompletion(program));
  refuseRepeatedOptions(program);
  throwOurErrors(program);
  return program;
}

function throwOurErrors(command: Command): void {
  command.exitOverride((error) => {
    throw parserError(error, command);
  });
  for (const verb of command.commands) throwOurErrors(verb);
}
