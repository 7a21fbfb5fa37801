import { UsageError } from "@keywhen/host";
import type { Command } from "commander";

/** Adds the options that every verb takes, last in its help. */
export function withCommonOptions(command: Command): Command {
  command
    .optionsGroup("Everywhere:")
    .option(
      "-s, --store <url>",
      "where events wait: file:./data, s3://bucket/root (or KEYWHEN_STORE)",
    )
    .option(
      "--adapter <module>",
      "opens the store: a file or package that exports open(url, env) (or KEYWHEN_ADAPTER)",
    );
  return withOutputOptions(command);
}

/** The same for a verb that opens no store. */
export function withOutputOptions(command: Command): Command {
  return command
    .optionsGroup("Everywhere:")
    .option("--tz <zone>", "read and show times in this zone: Europe/Berlin (or KEYWHEN_TZ)")
    .option("--json", "print JSON, one object a line")
    .option("-q, --quiet", "print only ids, and no notes")
    .option("-v, --verbose", "print each request on stderr")
    .helpOption("-h, --help", "print this help");
}

/** Refuses an option with one value that is given twice: the parser would take the last one without a word. */
export function refuseRepeatedOptions(command: Command): void {
  for (const option of command.options) {
    if (!option.required || option.variadic) continue;
    let isGiven = false;
    command.on(`option:${option.name()}`, () => {
      if (isGiven) throw new UsageError(`${option.long} is given twice.`, "Leave one out.");
      isGiven = true;
    });
  }
  for (const verb of command.commands) refuseRepeatedOptions(verb);
}
