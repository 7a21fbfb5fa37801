import type { ResolvedHome } from "../options/home.js";
import { deleteEvent } from "../scheduler/delete-event.js";
import { headEvent } from "../scheduler/head-event.js";
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
  const info = await headEvent(home, home.deadPrefix, id, signal);
  if (info === undefined) return { outcome: "not-found" };
  const answer = await deleteEvent(home, home.deadPrefix + id, { ...home, signal });
  return answer.isKnown ? { outcome: "purged" } : { outcome: "undecided", error: answer.error };
}
