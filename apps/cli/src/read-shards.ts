import { UsageError } from "@keywhen/host";

/** A number of shards, as it is typed. */
export function readShardNumber(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= 256) return number;
  throw new UsageError(
    `The number of shards must be from 0 to 256 (got "${text}").`,
    "0 means no shards.",
  );
}

/** Into how many shards this writer puts events: a number, or as the shard map says, or `undefined` for none. */
export function readWriterShards(text: string | undefined): number | "map" | undefined {
  if (text === undefined || text === "") return undefined;
  return text === "map" ? text : readShardNumber(text);
}
