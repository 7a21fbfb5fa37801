import { UsageError } from "@keywhen/host";
import { CommanderError } from "commander";
import { EXIT } from "./exit-codes.js";
import { createOutput } from "./output.js";
import { createProgram } from "./program.js";

/** Does what the arguments of this process say, and sets its exit code. */
export async function runCommand(): Promise<void> {
  try {
    await createProgram().parseAsync();
  } catch (error) {
    process.exitCode = answer(error);
  }
}

/** Help and the version arrive here too, as errors of the parser. */
function answer(error: unknown): number {
  const json = process.argv.includes("--json");
  if (!(error instanceof CommanderError)) return createOutput({ json }).error(error);
  if (error.exitCode === 0) return EXIT.done;
  if (!json) return EXIT.usage; // the help was printed
  return createOutput({ json }).error(new UsageError("No verb is given.", "See keywhen --help."));
}
