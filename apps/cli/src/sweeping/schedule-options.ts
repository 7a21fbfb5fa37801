import { type Duration, parseDuration } from "@keywhen/core";
import type { KeyCodec } from "@keywhen/core/internal";
import { UsageError } from "@keywhen/host";
import { type Command, Option } from "commander";
import {
  type DestinationOptions,
  withDestinationOptions,
} from "../destinations/destination-options.js";
import type { CommandSchedule } from "../session.js";

/** The format and the start of the keys of a schedule. */
export interface KeyOptions {
  readonly codec?: string | undefined;
  readonly root?: string | undefined;
}

const CODECS = ["v1", "s3-scheduler"] as const;

export function withKeyOptions(command: Command): Command {
  const format = "format of the keys: v1, or s3-scheduler (the Python package of 2018)";
  return command
    .addOption(new Option("--codec <name>", format).choices(CODECS))
    .option(
      "--root <root>",
      "start of the keys (default: the store URL's root; s3-scheduler: its path)",
    );
}

/** Returns the schedule with the keys that `--codec` and `--root` name. The parser has refused other codecs. */
export async function withKeys(
  { store, bucket, root }: CommandSchedule,
  { codec: name, root: given = root }: KeyOptions,
): Promise<
  Pick<CommandSchedule, "store" | "bucket" | "root"> & { readonly codec: KeyCodec | undefined }
> {
  if (name !== "s3-scheduler") return { store, bucket, root: given, codec: undefined };
  if (given === undefined) {
    throw new UsageError(
      "The path of the Python package is missing.",
      "Give it as --root, or as the end of the store URL, like s3://bucket/path.",
    );
  }
  const { s3SchedulerCodec } = await import("@keywhen/s3-scheduler"); // rarely needed
  return { store, bucket, root: given, codec: s3SchedulerCodec };
}

export interface SweeperOptions extends KeyOptions, DestinationOptions {
  readonly allow?: readonly string[] | undefined;
  readonly maxAge?: string | undefined;
  readonly journal?: boolean | undefined;
}

export function withSweeperOptions(command: Command): Command {
  return withDestinationOptions(
    withKeyOptions(
      command
        .option(
          "--allow <pattern...>",
          "targets that it may write to: 'bucket/*', 'bucket/prefix/*', bucket/key, '*' (or KEYWHEN_ALLOW_TARGETS, separated by commas; not needed on file:)",
        )
        .option(
          "--max-age <duration>",
          "how long a failing event is tried before it is dead-lettered (24h)",
        )
        .option(
          "--journal",
          "write what becomes of each event to the bucket, for keywhen log (or KEYWHEN_JOURNAL=true)",
        ),
    ),
  );
}

export function readDuration(text: string | undefined): Duration | undefined {
  return text === undefined ? undefined : parseDuration(text);
}
