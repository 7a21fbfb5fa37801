import type { Readable } from "node:stream";

/** The rest of a longer line is left out: a program may print anything. */
const LONGEST_LINE = 1_000;

/** Calls `onLine` with each line of a stream that is not blank. Returns a function that passes on what is left. */
export function onLines(stream: Readable, onLine: (line: string) => void): () => void {
  let line = "";
  const flush = () => {
    const text = line.trimEnd();
    line = "";
    if (text !== "") onLine(text);
  };
  stream.setEncoding("utf8").on("data", (chunk: string) => {
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
