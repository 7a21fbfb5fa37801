import type { Readable } from "node:stream";

/** The lines of a stream without blanks around them; empty ones are passed over. */
export async function* readLines(source: Readable): AsyncGenerator<string, void> {
  const { createInterface } = await import("node:readline");
  for await (const line of createInterface({
    input: source,
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    const text = line.trim();
    if (text !== "") yield text;
  }
}
