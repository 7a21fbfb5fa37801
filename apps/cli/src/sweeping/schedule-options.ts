import { type Duration, parseDuration } from "@keywhen/core";
import type { KeyCodec } from "@keywhen/core/internal";
import { allowedTargets, UsageError } from "@keywhen/host";
import { type Command, Option } from "commander";
import type { CommandSchedule, Session } from "../session.js";

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

export interface SweeperOptions extends KeyOptions {
  readonly allow?: readonly string[] | undefined;
  readonly maxAge?: string | undefined;
}

export function withSweeperOptions(command: Command): Command {
  return withKeyOptions(
    command
      .option(
        "--allow <pattern...>",
        "targets that it may write to: 'bucket/*', 'bucket/prefix/*', bucket/key, '*' (or KEYWHEN_ALLOW_TARGETS, separated by commas; not needed on file:)",
      )
      .option(
        "--max-age <duration>",
        "how long a failing event is tried before it is dead-lettered (24h)",
      ),
  );
}

/** Reads what a sweeper takes. Throws a `UsageError` if no allowed targets are given. */
export function readSweeperOptions(
  { storeUrl, env }: Session,
  { allow, maxAge }: SweeperOptions,
): { readonly allowTargets: readonly string[]; readonly maxAge: Duration | undefined } {
  const allowTargets = allowedTargets(storeUrl, env, allow);
  if (allowTargets === undefined) {
    throw new UsageError(
      "No allowed targets are given.",
      "Give --allow 'bucket/*' or set KEYWHEN_ALLOW_TARGETS. --allow '*' allows every target to anyone who can schedule.",
    );
  }
  return { allowTargets, maxAge: readDuration(maxAge) };
}

export function readDuration(text: string | undefined): Duration | undefined {
  return text === undefined ? undefined : parseDuration(text);
}
