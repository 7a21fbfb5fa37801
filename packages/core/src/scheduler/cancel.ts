import type { ResolvedHome } from "../options/home.js";
import { type RetryPolicy, retry } from "../requests/retry.js";
import { retryWrite, type WriteAnswer } from "../requests/retry-write.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import { decodeGivenId } from "./event-id.js";
import { asEventId, type EventId } from "./scheduled-event.js";

/**
 * What became of a `cancel` call.
 *
 * - `cancelled`: this key will not be delivered (not: one that somebody schedules again).
 * - `not-found`: no such event waits: never scheduled, cancelled, moved or delivered.
 * - `too-late`: it closed at `closedAt`, `guard` before its due instant; it is left alone.
 * - `undecided`: the store's answer is missing or came after the event had closed.
 */
export type CancelResult =
  | { readonly outcome: "cancelled"; readonly id: EventId }
  | { readonly outcome: "not-found" }
  | { readonly outcome: "too-late"; readonly closedAt: Date }
  | { readonly outcome: "undecided"; readonly error?: ObjectStoreError | undefined };

/** Deletes a waiting event while it is open, and judges the answer by when it arrives. */
export async function cancel(
  home: ResolvedHome,
  id: string,
  signal: AbortSignal | undefined,
): Promise<CancelResult> {
  const { atMs } = decodeGivenId(home, id);
  const closesAtMs = atMs - home.guardMs;
  if (home.clock.now() >= closesAtMs)
    return { outcome: "too-late", closedAt: new Date(closesAtMs) };
  const ref = { bucket: home.bucket, key: home.pendingPrefix + id };
  const policy = { ...home, signal, untilMs: closesAtMs };
  const info = await retry(policy, () => home.store.head(ref, { signal }));
  if (info === undefined) return { outcome: "not-found" };
  if (home.clock.now() >= closesAtMs)
    return { outcome: "too-late", closedAt: new Date(closesAtMs) };
  const answer = await deleteEvent(home, ref.key, policy);
  if (!answer.isKnown) return { outcome: "undecided", error: answer.error };
  if (home.clock.now() >= closesAtMs) return { outcome: "undecided" };
  return { outcome: "cancelled", id: asEventId(id) };
}

/** Deletes one event, trying again until the policy's end; throws an error which says that it still waits. */
export function deleteEvent(
  home: ResolvedHome,
  key: string,
  policy: RetryPolicy,
): Promise<WriteAnswer<void>> {
  return retryWrite(policy, async () => {
    const [result] = await home.store.delete(home.bucket, [key], { signal: policy.signal });
    if (result?.outcome === "failed") throw result.error;
  });
}
