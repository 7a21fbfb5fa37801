import type { ResolvedHome } from "../options/home.js";
import { deleteOne } from "../requests/delete-answer.js";
import type { RetryPolicy } from "../requests/retry.js";
import { retryWrite, type WriteAnswer } from "../requests/retry-write.js";
import type { StoreCall } from "../store/object-store.js";

/** Deletes one event, trying again until the policy's end; throws an error which says that it still waits. */
export function deleteEvent(
  home: ResolvedHome,
  key: string,
  policy: RetryPolicy,
  call: () => StoreCall = () => ({}),
): Promise<WriteAnswer<void>> {
  const ref = { bucket: home.bucket, key };
  return retryWrite(policy, () => deleteOne(home.store, ref, { ...call(), signal: policy.signal }));
}
