#!/usr/bin/env node
import { UsageError } from "@keywhen/host";
import { CommanderError } from "commander";
import { EXIT } from "./exit-codes.js";
import { createOutput } from "./output.js";
import { createProgram } from "./program.js";

try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = answer(error);
}

/** Help and version come here too, as commander's errors with exit code 0. */
function answer(error: unknown): number {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
  if (error instanceof CommanderError && error.code === "commander.help") return EXIT.usage;
  const json = process.argv.includes("--json");
  return createOutput({ json }).error(error instanceof CommanderError ? usageError(error) : error);
}

function usageError({ message }: CommanderError): UsageError {
  const text = message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
  const [, said = text, guess] = /^(.*?)(?: \((Did you mean .*)\))?$/.exec(text) ?? [];
  return new UsageError(`${said}.`, guess ?? "See keywhen --help.");
}
