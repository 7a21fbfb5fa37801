import { UsageError } from "@keywhen/host";

/** A number of shards, as it is typed. */
export function readShardNumber(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 256) return number;
  throw new UsageError(`"${text}" is no number of shards.`, "Give one up to 256; 0 for none.");
}

/** Into how many shards this writer puts events: a number, or as the layout says; `undefined` for none. */
export function readWriterShards(text: string | undefined): number | "layout" | undefined {
  if (text === undefined || text === "") return undefined;
  return text === "layout" ? text : readShardNumber(text);
}
