import { type Command, Option } from "commander";
import type { EveryOptions } from "../recurring/put-schedule.js";
import { act } from "../session.js";

const EXAMPLES = `Examples:
  keywhen every '0 9 * * 1-5' --tz Europe/Berlin --name daily-report --to reminders/daily.json --body '{}'
  keywhen every 15m --name refresh --to 'jobs/refresh-{occurrence}.json' --file refresh.json
  keywhen every @monthly --tz UTC --name invoices --to jobs/invoices --body '' --until 2027-12-31T00:00Z
`;

/** Only these verbs need the module. */
const work = () => import("./delivery.js");

export function addEvery(program: Command): Command {
  return program
    .command("every")
    .summary("store or change a recurring schedule")
    .description(
      "Stores a recurring schedule under a name, or changes it. Repeating the same command changes nothing. Sweeps deliver each occurrence.",
    )
    .addHelpText("before", EXAMPLES)
    .argument(
      "<rule>",
      "a cron rule in quotes: minute, hour, day of the month, month, day of the week, in the zone of --tz (default: UTC); or an interval: 15m, 36h",
    )
    .option("--name <name>", "names the schedule, for example daily-report")
    .option(
      "--to <bucket/key>",
      "where each occurrence is delivered; {occurrence} in the key is replaced by its time",
    )
    .option("--file <file>", "the payload is this file (- for the pipe)")
    .option("--body <text>", "the payload is this text (default: the content of the pipe)")
    .option("--type <content-type>", "default: by the file's name, or JSON or plain text")
    .option("--meta <name=value...>", "metadata of each delivered object")
    .option("--from <time>", "count an interval from this time (default: 1970-01-01T00:00Z)")
    .option("--until <time>", "no occurrence is due after this time")
    .addOption(
      new Option(
        "--missed <what>",
        "after an outage: deliver the latest occurrence, skip it, or deliver all (default: latest)",
      ).choices(["latest", "skip", "all"]),
    )
    .option("--max-late <duration>", "pass over an occurrence that is later than this")
    .option(
      "--window <duration>",
      "spread schedules: each occurrence is due at a fixed point of this time after its instant",
    )
    .option("-n, --dry-run", "check everything, store nothing")
    .action(act<EveryOptions>(async (...call) => (await work()).putSchedule(...call)));
}
