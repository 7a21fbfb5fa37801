import type { ResolvedHome } from "../options/home.js";
import { retry } from "../requests/retry.js";
import type { DeleteResult } from "../store/object-store.js";
import { isStoreError } from "../store/object-store-error.js";
import type { Migration } from "./migrate-event.js";

/** Deletes the old keys of what was copied, and tells what became of each then. */
export async function deleteMigrated(
  home: ResolvedHome,
  migrations: readonly Migration[],
): Promise<readonly Migration[]> {
  const keys = migrations.filter(({ outcome }) => outcome === "copied").map(({ key }) => key);
  const results = await deleteAll(home, keys);
  return migrations.map((migration) => {
    const result = results.get(migration.key);
    if (migration.outcome !== "copied" || result === undefined) return migration;
    return result.outcome === "gone"
      ? { outcome: "migrated", key: migration.key }
      : { outcome: "failed", key: migration.key, error: result.error };
  });
}

async function deleteAll(
  home: ResolvedHome,
  keys: readonly string[],
): Promise<ReadonlyMap<string, DeleteResult>> {
  const size = home.store.capabilities.deleteBatchSize;
  const starts = keys.map((_, index) => index).filter((index) => index % size === 0);
  const batches = starts.map((start) => deleteBatch(home, keys.slice(start, start + size)));
  return new Map((await Promise.all(batches)).flat());
}

async function deleteBatch(
  home: ResolvedHome,
  keys: readonly string[],
): Promise<(readonly [string, DeleteResult])[]> {
  try {
    const results = await retry(home, () => home.store.delete(home.bucket, keys));
    return keys.flatMap((key, index) => {
      const result = results[index];
      return result === undefined ? [] : [[key, result] as const];
    });
  } catch (error) {
    if (!isStoreError(error)) throw error;
    return keys.map((key) => [key, { outcome: "failed", error }] as const);
  }
}
