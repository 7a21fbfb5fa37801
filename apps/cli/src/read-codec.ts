import type { KeyCodec } from "@keywhen/core";
import { UsageError } from "@keywhen/host";
import { type Command, Option } from "commander";
import type { CommandSchedule } from "./session.js";

/** How the keys of a schedule are written, and what they begin with. */
export interface KeyOptions {
  readonly codec?: string | undefined;
  readonly root?: string | undefined;
}

export function withKeyOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--codec <name>",
        "format of the keys: v1, or s3-scheduler (the Python package of 2018)",
      ).choices(CODECS),
    )
    .option(
      "--root <root>",
      "what keys begin with, else the store URL's root (s3-scheduler: its path)",
    );
}

/** The home with the keys that `--codec` and `--root` name. */
export async function withKeys(
  { store, bucket, root }: CommandSchedule,
  options: KeyOptions,
): Promise<
  Pick<CommandSchedule, "store" | "bucket" | "root"> & { readonly codec: KeyCodec | undefined }
> {
  const codec = await readCodec(options.codec);
  const given = options.root ?? root;
  if (codec !== undefined && given === undefined) {
    throw new UsageError(
      "Which path was the Python package given?",
      "Give --root, or end the store URL in it, like s3://bucket/path.",
    );
  }
  return { store, bucket, root: given, codec };
}

const CODECS = ["v1", "s3-scheduler"] as const;

/** The parser has refused other names. */
async function readCodec(name: string | undefined): Promise<KeyCodec | undefined> {
  if (name !== "s3-scheduler") return undefined;
  const { s3SchedulerCodec } = await import("@keywhen/s3-scheduler"); // rarely needed
  return s3SchedulerCodec;
}
