import type { Clock } from "../clock.js";
import type { ObjectRef, OpenObject } from "../store/object-store.js";
import { ObjectStoreError } from "../store/object-store-error.js";
import { readBody } from "../store/read-body.js";
import { createRequestWatch } from "./request-watch.js";

/** Far more than a lease or a shard map needs. */
const LARGEST_BYTES = 65_536;
const BODY_LIMIT_MS = 10_000;

/** The text of one of keywhen's own objects; of one that is too large to be one, nothing. */
export async function readSmallText(
  clock: Clock,
  ref: ObjectRef,
  opened: OpenObject,
  callerSignal: AbortSignal | undefined,
): Promise<string> {
  if (opened.size > LARGEST_BYTES) {
    await opened.body.cancel();
    return "";
  }
  const fail = (code: "unavailable" | "aborted", message: string, cause?: unknown) =>
    new ObjectStoreError({ ...ref, code, operation: "get", message, cause });
  const watch = createRequestWatch<ObjectRef>(clock, {
    tooSlow: (_, ms) => fail("unavailable", `its body did not end within ${ms / 1_000} s`),
    aborted: (_, cause) => fail("aborted", "aborted by the caller", cause),
    failed: (_, cause) => fail("unavailable", "its body broke off", cause),
  });
  const ends = { limitMs: BODY_LIMIT_MS, callerSignal };
  const bytes = await watch(ref, ends, (signal) => readBody(ref, opened.body, { signal }));
  return new TextDecoder().decode(bytes);
}
