import type { Duration } from "@keywhen/core";
import { UsageError } from "@keywhen/host";
import type { Command } from "commander";
import { readDuration } from "../sweeping/schedule-options.js";

/** The options that choose when an event is due. */
export interface WhenOptions {
  readonly at?: string | undefined;
  readonly in?: string | undefined;
}

export function withWhenOptions(command: Command): Command {
  return command
    .option("--at <time>", "when it is due: 2026-12-24T09:00+01:00, +90m, 'tomorrow 9am'")
    .option("--in <duration>", "how long from now it is due: 90s, 10m, 1.5h, 7d");
}

/** `body`: what `--body` says, which names what is taken without it. */
export function withPayloadOptions(command: Command, body: string): Command {
  return command
    .option("--file <file>", "its payload is this file (- for the pipe)")
    .option("--body <text>", body)
    .option("--type <content-type>", "default: by the file's name, or JSON or plain text")
    .option("--meta <name=value...>", "metadata of the delivered object");
}

/** The options that define a new event, besides its payload. */
export interface NewEventOptions extends WhenOptions {
  readonly to?: string | undefined;
  readonly expiresAfter?: string | undefined;
  readonly window?: string | undefined;
}

export function withNewEventOptions(command: Command): Command {
  return withWhenOptions(command)
    .option("--to <bucket/key>", "where it is delivered")
    .option(
      "--expires-after <duration>",
      "don't deliver it later than this after it is due: it is dead-lettered (default: no limit)",
    )
    .option(
      "--window <duration>",
      "spread events: it is due at a point of this time after its instant, by its delivery id",
    );
}

export function readDeliveryTime({ expiresAfter, window }: NewEventOptions): {
  readonly expiresAfter: Duration | undefined;
  readonly window: Duration | undefined;
} {
  return { expiresAfter: readDuration(expiresAfter), window: readDuration(window) };
}

/** These verbs open no store. */
const WITHOUT_STORE = ["decode", "cost", "completion"];

/** Adds the options that every verb takes, last in its help. */
export function addCommonOptions(command: Command): void {
  command.optionsGroup("Everywhere:");
  if (!WITHOUT_STORE.includes(command.name())) {
    command
      .option(
        "-s, --store <url>",
        "the store of the schedule: file:./data, s3://bucket/root (or KEYWHEN_STORE)",
      )
      .option(
        "--adapter <module>",
        "opens the store: a file or package that exports open(url, env) (or KEYWHEN_ADAPTER)",
      );
  }
  command
    .option("--tz <zone>", "read and show times in this zone: Europe/Berlin (or KEYWHEN_TZ)")
    .option("--json", "print JSON, one object a line")
    .option("-q, --quiet", "print only ids, and no notes")
    .option("-v, --verbose", "print each request on stderr")
    .helpOption("-h, --help", "print this help");
}

/** Refuses an option with one value that is given twice. The parser would silently take the last one. */
export function refuseRepeatedOptions(command: Command): void {
  for (const option of command.options) {
    if (!option.required || option.variadic) continue;
    let isGiven = false;
    command.on(`option:${option.name()}`, () => {
      if (isGiven) throw new UsageError(`${option.long} is given twice.`, "Leave one out.");
      isGiven = true;
    });
  }
}
