import type { ResolvedHome } from "../options/home.js";
import { retry } from "../requests/retry.js";

/**
 * The body of the event in one of its places; `undefined` if it is in none. Takes the places' store without time limits: a limit would
 * end with the headers, the caller's signal also ends the body.
 */
export async function openEvent(
  places: readonly ResolvedHome[],
  id: string,
  signal: AbortSignal | undefined,
): Promise<ReadableStream<Uint8Array> | undefined> {
  for (const { bucket, pendingPrefix, store, ...place } of places) {
    const ref = { bucket, key: pendingPrefix + id };
    const opened = await retry({ ...place, signal }, () => store.get(ref, { signal }));
    if (opened !== undefined) return opened.body;
  }
  return undefined;
}
