import type { ResolvedHome } from "../options/home.js";
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
  return retryWrite(policy, async () => {
    const sent = { ...call(), signal: policy.signal };
    const [result] = await home.store.delete(home.bucket, [key], sent);
    if (result?.outcome === "failed") throw result.error;
  });
}
