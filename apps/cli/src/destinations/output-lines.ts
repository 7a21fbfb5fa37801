import type { Readable } from "node:stream";

/** The rest of a longer line is left out: a program may print anything. */
const LONGEST_LINE = 1_000;
const MOST_LINES = 1_000;

/** Passes on the first 1,000 lines of a program's output, and then one line that says so. */
export function limitLines(onLine: (line: string) => void): (line: string) => void {
  let count = 0;
  return (line) => {
    count += 1;
    if (count <= MOST_LINES) onLine(line);
    if (count === MOST_LINES + 1) onLine(LEFT_OUT);
  };
}

const LEFT_OUT = `… more than ${MOST_LINES.toLocaleString("en-US")} lines: the rest is left out. Redirect the output to a file to keep it.`;

/**
 * Calls `onLine` with each line of a stream that is not blank. Other work goes on while a program prints without end. Returns
 * a function that passes on what is left.
 */
export function onLines(stream: Readable, onLine: (line: string) => void): () => void {
  let line = "";
  const flush = () => {
    const text = line.trimEnd();
    line = "";
    if (text !== "") onLine(text);
  };
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    stream.pause();
    setImmediate(() => stream.resume());
    // A carriage return draws progress on the same line.
    const [first = "", ...others] = chunk.split(/\r\n|[\r\n]/);
    line = (line + first).slice(0, LONGEST_LINE);
    for (const next of others) {
      flush();
      line = next.slice(0, LONGEST_LINE);
    }
  });
  return flush;
}
