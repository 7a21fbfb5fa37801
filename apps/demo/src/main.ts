import { UsageError, visibleText } from "@keywhen/host";
import { CommanderError } from "commander";
import { answerTo } from "./api-failure.js";
import { runDemo } from "./run-demo.js";

const say = (line: string) => void process.stdout.write(`${visibleText(line)}\n`);
process.stderr.on("error", () => {}); // nothing is left to report it to
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE" || process.exitCode !== 0) return; // the reader closed it, or the demo is running
  process.stderr.write(`keywhen: Can't write to stdout: ${error.message}.\n`);
  process.exitCode = 1;
});

try {
  await runDemo(process.argv.slice(2), process.env, say);
  process.exitCode = 0;
} catch (error) {
  process.exitCode = complain(error);
}

/** Help comes here too, as commander's error with exit code 0. */
function complain(error: unknown): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const isUsage = error instanceof UsageError || error instanceof CommanderError;
  const line = isUsage ? usageLine(error) : failureLine(error);
  process.stderr.write(`keywhen: ${visibleText(line)}\n`);
  return isUsage ? 2 : 1;
}

function usageLine(error: UsageError | CommanderError): string {
  if (error instanceof UsageError) return withHint(error.message, error.hint);
  // The parser puts its guess on a second line.
  const [message = "", guess] = error.message.replace(/^error: /, "").split("\n");
  const hint = guess?.replace(/^\((.*)\)$/, "$1") ?? "See npm run demo -- --help.";
  return withHint(/[.!?]$/.test(message) ? message : `${message}.`, hint);
}

function failureLine(error: unknown): string {
  const { message, hint } = answerTo(error).body.error;
  return withHint(message, hint);
}

function withHint(message: string, hint: string | undefined): string {
  return hint === undefined ? message : `${message} ${hint}`;
}
