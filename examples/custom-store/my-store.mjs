// What hosts load: keywhen --adapter ./my-store.mjs --store 'sqlite:./jobs.db?buckets=schedule,reminders' list
import { KeywhenError } from "@keywhen/core";
import { openSqliteFile } from "./sqlite-file.mjs";
import { sqliteStore } from "./sqlite-store.mjs";

/** Opens `sqlite:./jobs.db?buckets=schedule,reminders&root=keywhen`: events wait in the first bucket. */
export async function open(url) {
  const [, path, query] = /^sqlite:([^?]+)(?:\?(.*))?$/.exec(url) ?? [];
  if (path === undefined) {
    throw new KeywhenError(
      "invalid-option",
      "Write it like sqlite:./jobs.db?buckets=schedule,out.",
    );
  }
  const parameters = new URLSearchParams(query);
  const buckets = (parameters.get("buckets") ?? "schedule").split(",");
  const file = await openSqliteFile(path);
  return {
    store: sqliteStore(file, buckets),
    bucket: buckets[0],
    root: parameters.get("root") ?? undefined,
    [Symbol.asyncDispose]: async () => file.close(),
  };
}
