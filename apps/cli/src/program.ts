import { readFileSync } from "node:fs";
import { Command } from "commander";
import { addCancel } from "./commands/cancel.js";
import { addCompletion } from "./commands/completion.js";
import { addCost } from "./commands/cost.js";
import { addDead } from "./commands/dead.js";
import { addDecode } from "./commands/decode.js";
import { addDoctor } from "./commands/doctor.js";
import { addEvery } from "./commands/every.js";
import { addFind } from "./commands/find.js";
import { addKey } from "./commands/key.js";
import { addList } from "./commands/list.js";
import { addLog } from "./commands/log.js";
import { addMigrate } from "./commands/migrate.js";
import { addCommonOptions, refuseRepeatedOptions } from "./commands/options.js";
import { addPut } from "./commands/put.js";
import { addReschedule } from "./commands/reschedule.js";
import { addRun } from "./commands/run.js";
import { addSchedule } from "./commands/schedule.js";
import { addSchedules } from "./commands/schedules.js";
import { addShards } from "./commands/shards.js";
import { addShow } from "./commands/show.js";
import { addSweep } from "./commands/sweep.js";
import { parserError } from "./parser-error.js";

const EXAMPLES = `Examples:
  export KEYWHEN_STORE=file:./data          (or s3://acme-schedule)
  keywhen schedule --in 10m --to reminders/42.json --body '{"userId":42}'
  keywhen every '0 9 * * 1-5' --tz Europe/Berlin --name daily-report --to reports/daily.json --body '{}'
  keywhen list
  keywhen sweep                             (or: keywhen run)
`;

const EXIT_CODES = `
Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 too late or undecided, 5 already there,
6 partly done, 7 another sweeper is at work, 8 done but not printed, 130 interrupted.
Ids contain |, so quote them in a shell.`;

const GROUPS: Readonly<Record<string, readonly ((program: Command) => unknown)[]>> = {
  "Events:": [addSchedule, addPut, addList, addFind, addShow, addLog, addCancel, addReschedule],
  "Recurring:": [addEvery, addSchedules],
  "Delivery:": [addSweep, addRun, addDead, addShards, addDoctor, addMigrate],
  "Keys:": [addKey, addDecode],
  "Planning:": [addCost],
  "Help:": [addCompletion],
};

/**
 * Creates the command line: every command with its options. It throws a `CommanderError` instead of exiting, also for help
 * and the version. It passes their text to `onHelp` first.
 */
export function createProgram(onHelp: (text: string) => void): Command {
  const program = new Command("keywhen")
    .description("Schedules one-time and recurring events with nothing but a bucket.")
    .version(readVersion())
    .addHelpText("before", EXAMPLES)
    .addHelpText("after", EXIT_CODES)
    .enablePositionalOptions()
    .configureOutput({ writeOut: onHelp, writeErr: onHelp, outputError: () => {} }); // runCommand() writes errors
  for (const [heading, verbs] of Object.entries(GROUPS)) {
    program.commandsGroup(heading);
    for (const add of verbs) add(program);
  }
  finish(program);
  return program;
}

/** Gives a command and its verbs the common options and our errors. */
function finish(command: Command): void {
  addCommonOptions(command);
  refuseRepeatedOptions(command);
  command.exitOverride((error) => {
    throw parserError(error, command);
  });
  for (const verb of command.commands) finish(verb);
}

/** Reads the version from package.json, which is one folder up from this file and from the built ones. */
function readVersion(): string {
  const file = new URL("../package.json", import.meta.url);
  const { version }: { readonly version: string } = JSON.parse(readFileSync(file, "utf8"));
  return version;
}
