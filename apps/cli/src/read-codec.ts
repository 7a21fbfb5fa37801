import type { KeyCodec } from "@keywhen/core";
import { seedCodec } from "@keywhen/core/seed";
import { UsageError } from "@keywhen/host";
import type { Command } from "commander";
import type { CommandHome } from "./session.js";

/** How the keys of a schedule are written, and what they begin with. */
export interface KeyOptions {
  readonly codec?: string | undefined;
  readonly root?: string | undefined;
}

export function withKeyOptions(command: Command): Command {
  return command
    .option("--codec <name>", "how keys are written: v1, or seed (the Python package s3-scheduler)")
    .option("--root <root>", "what keys begin with, else the store URL's root (seed: its path)");
}

/** The home with the keys that `--codec` and `--root` name. */
export function withKeys(
  { store, bucket, root }: CommandHome,
  options: KeyOptions,
): Pick<CommandHome, "store" | "bucket" | "root"> & { readonly codec: KeyCodec | undefined } {
  const codec = readCodec(options.codec);
  const given = options.root ?? root;
  if (codec !== undefined && given === undefined) {
    throw new UsageError(
      "which path was the Python package given?",
      "Give --root, or end the store URL in it, like s3://bucket/path.",
    );
  }
  return { store, bucket, root: given, codec };
}

function readCodec(name = "v1"): KeyCodec | undefined {
  if (name === "v1") return undefined;
  if (name === "seed") return seedCodec;
  throw new UsageError(`there is no codec "${name}".`, "There are v1 and seed.");
}
