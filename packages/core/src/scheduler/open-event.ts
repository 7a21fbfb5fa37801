import type { ResolvedHome } from "../options/home.js";
import { retry } from "../requests/retry.js";
import { decodeGivenId } from "./event-id.js";

/**
 * The body of an event; `undefined` if it isn't there. Takes the home's store without time limits: a limit would
 * end with the headers, the caller's signal also ends the body.
 */
export async function openEvent(
  home: ResolvedHome,
  id: string,
  signal: AbortSignal | undefined,
): Promise<ReadableStream<Uint8Array> | undefined> {
  decodeGivenId(home, id);
  const ref = { bucket: home.bucket, key: home.pendingPrefix + id };
  const opened = await retry({ ...home, signal }, () => home.store.get(ref, { signal }));
  return opened?.body;
}
