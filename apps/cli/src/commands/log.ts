import type { Command } from "commander";
import type { LogOptions } from "../journal/print-log.js";
import { act } from "../session.js";
import { withKeyOptions } from "../sweeping/schedule-options.js";

const EXAMPLES = `Examples:
  keywhen log                                (the last 24 hours)
  keywhen log --since 1h --target 'reminders/*'
  keywhen log --since 2026-12-24T00:00Z --until 2026-12-25T00:00Z --outcome failed,dead,expired
  keywhen log --since 7d --json              (NDJSON, for other programs)
`;

export function addLog(program: Command): Command {
  const command = program
    .command("log")
    .summary("show what became of events, from the journal")
    .description(
      "Shows what became of events, newest last. The journal has what sweepers with --journal have seen.",
    )
    .addHelpText("before", EXAMPLES)
    .option(
      "--since <time>",
      "from this time on: 1h, 7d, 2026-12-24T09:00Z, 'yesterday 9am'",
      "24h",
    )
    .option("--until <time>", "before this time (default: now)")
    .option(
      "--target <pattern>",
      "for these targets: bucket, 'bucket/*', 'bucket/prefix*', bucket/key",
    )
    .option(
      "--outcome <list>",
      "with these outcomes, separated by commas: delivered, already-delivered, failed, dead, expired, passed-over",
    )
    .option("--limit <count>", "only the newest ones, at most this number");
  return withKeyOptions(command).action(
    act<LogOptions>(async (session, options) => {
      const { printLog } = await import("./delivery.js"); // only this verb needs it
      return printLog(session, options);
    }),
  );
}
