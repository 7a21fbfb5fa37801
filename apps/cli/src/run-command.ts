import { CommanderError } from "commander";
import { EXIT, type ExitCode } from "./exit-codes.js";
import { createOutput } from "./output/output.js";
import { createProgram } from "./program.js";

/** Runs the command that the arguments of this process name, and sets its exit code. */
export async function runCommand(): Promise<void> {
  let help = "";
  const program = createProgram((text) => {
    help += text;
  });
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = await answer(error, help);
  }
}

/** The parser throws for help and the version too. */
async function answer(error: unknown, help: string): Promise<ExitCode> {
  const output = createOutput({ json: process.argv.includes("--json") });
  if (!(error instanceof CommanderError)) return output.error(error);
  if (error.exitCode === 0) {
    await output.bytes(Buffer.from(help));
    return output.exitCode(EXIT.done);
  }
  process.stderr.write(help); // no command was given
  return EXIT.usage;
}
