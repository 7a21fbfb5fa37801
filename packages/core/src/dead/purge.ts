import type { ResolvedHome } from "../options/home.js";
import { retry } from "../requests/retry.js";
import { deleteEvent } from "../scheduler/delete-event.js";
import { decodeGivenId } from "../scheduler/event-id.js";
import type { ObjectStoreError } from "../store/object-store-error.js";

/** What became of a `purge` call; `undecided`: the store didn't answer. */
export type PurgeResult =
  | { readonly outcome: "purged" | "not-found" }
  | { readonly outcome: "undecided"; readonly error: ObjectStoreError };

/** Deletes a dead letter for good. */
export async function purge(
  home: ResolvedHome,
  id: string,
  signal: AbortSignal | undefined,
): Promise<PurgeResult> {
  decodeGivenId(home, id);
  const key = home.deadPrefix + id;
  const policy = { ...home, signal };
  const info = await retry(policy, () => home.store.head({ bucket: home.bucket, key }, { signal }));
  if (info === undefined) return { outcome: "not-found" };
  const answer = await deleteEvent(home, key, policy);
  return answer.isKnown ? { outcome: "purged" } : { outcome: "undecided", error: answer.error };
}
