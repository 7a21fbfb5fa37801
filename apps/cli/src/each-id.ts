import { EXIT, type ExitCode } from "./exit-codes.js";
import type { Output } from "./output.js";
import { readLines } from "./read-lines.js";
import { wholeId } from "./resolve-id.js";

const CONCURRENCY = 16;

/**
 * Does the same to each id on stdin, several at a time unless told otherwise. A line that is no id is told and passed over; what the
 * store refuses altogether ends it.
 */
export async function eachId(
  output: Output,
  one: (id: string) => Promise<ExitCode>,
  concurrency = CONCURRENCY,
): Promise<ExitCode> {
  const codes: ExitCode[] = [];
  let isOver = false;
  if (process.stdin.isTTY) {
    output.note("Reading ids from the terminal, one a line. Ctrl-D on an empty line ends them.");
  }
  const ids = readLines(process.stdin);
  const work = async () => {
    for (let next = await ids.next(); !next.done && !isOver; next = await ids.next()) {
      try {
        codes.push(await one(wholeId(next.value)));
      } catch (error) {
        const code = output.error(error);
        codes.push(code);
        isOver ||= code !== EXIT.usage; // a wrong line says nothing about the next one
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  process.stdin.destroy();
  return summaryOf(codes);
}

/** What many exit codes come to: the one that they all share, or "partly". */
function summaryOf(codes: readonly ExitCode[]): ExitCode {
  const failures = codes.filter((code) => code !== EXIT.done);
  const [first] = failures;
  if (first === undefined) return EXIT.done;
  return failures.length < codes.length ? EXIT.partly : first;
}
