import { CommanderError } from "commander";
import { EXIT, type ExitCode } from "./exit-codes.js";
import { createOutput } from "./output.js";
import { createProgram } from "./program.js";

/** Does what the arguments of this process say, and sets its exit code. */
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

/** Help and the version arrive here too, as errors of the parser. */
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
