import type { ResolvedHome } from "../options/home.js";
import { retry } from "../requests/retry.js";
import type { ObjectInfo } from "../store/object-store.js";
import { decodeGivenId } from "./event-id.js";

/** The HEAD of an event under a prefix; throws `invalid-id`. */
export async function headEvent(
  home: ResolvedHome,
  prefix: string,
  id: string,
  signal: AbortSignal | undefined,
): Promise<ObjectInfo | undefined> {
  decodeGivenId(home, id);
  const ref = { bucket: home.bucket, key: prefix + id };
  return retry({ ...home, signal }, () => home.store.head(ref, { signal }));
}
