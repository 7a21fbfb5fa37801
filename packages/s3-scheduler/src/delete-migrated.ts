import { deleteAnswer, retry, type Schedule, storeErrorOf } from "@keywhen/core/internal";
import type { DeleteResult } from "@keywhen/core/store";
import type { Migrated, Migration } from "./migrate-event.js";

/** Deletes the old keys of what was copied, and returns the outcome for each. */
export async function deleteMigrated(
  home: Schedule,
  migrations: readonly Migration[],
): Promise<readonly Migrated[]> {
  const keys = migrations.filter(({ outcome }) => outcome === "copied").map(({ key }) => key);
  const size = home.store.capabilities.deleteBatchSize;
  const starts = keys.map((_, index) => index).filter((index) => index % size === 0);
  const batches = starts.map((start) => deleteBatch(home, keys.slice(start, start + size)));
  const others = migrations.filter((migration) => migration.outcome !== "copied");
  return [...others, ...(await Promise.all(batches)).flat()];
}

async function deleteBatch(home: Schedule, keys: readonly string[]): Promise<readonly Migrated[]> {
  const results = await sendDelete(home, keys);
  return keys.map((key, index) => {
    const answer = deleteAnswer(results, index, { bucket: home.bucket, key });
    return answer.outcome === "gone"
      ? { outcome: "migrated", key }
      : { outcome: "failed", key, error: answer.error };
  });
}

/** A request that fails as a whole has failed for each of its keys. */
async function sendDelete(
  home: Schedule,
  keys: readonly string[],
): Promise<readonly DeleteResult[]> {
  try {
    return await retry(home, () => home.store.delete(home.bucket, keys));
  } catch (caught) {
    const error = storeErrorOf(caught);
    return keys.map(() => ({ outcome: "failed", error }));
  }
}
