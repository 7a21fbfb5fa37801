import type { Clock } from "../machine.js";
import type { ObjectRef, OpenObject } from "../store/object-store.js";
import { ObjectStoreError } from "../store/object-store-error.js";
import { readBody } from "../store/read-body.js";
import { RequestWatch } from "./request-watch.js";

const BODY_LIMIT_MS = 10_000;

interface TextLimits {
  readonly mostBytes: number;
  readonly signal: AbortSignal | undefined;
}

/** Reads the text of one of keywhen's own objects; `undefined` if the object is too large for that. */
export async function readText(
  clock: Clock,
  ref: ObjectRef,
  { size, body }: OpenObject,
  { mostBytes, signal: callerSignal }: TextLimits,
): Promise<string | undefined> {
  if (size > mostBytes) {
    await body.cancel();
    return undefined;
  }
  const fail = (code: "unavailable" | "aborted", message: string, cause?: unknown) =>
    new ObjectStoreError({ ...ref, code, operation: "get", message, cause });
  const watch = new RequestWatch<ObjectRef>(clock, {
    tooSlow: (_, ms) => fail("unavailable", `its body did not end within ${ms / 1_000} s`),
    aborted: (_, cause) => fail("aborted", "aborted by the caller", cause),
    failed: (_, cause) => fail("unavailable", "its body broke off", cause),
  });
  const ends = { limitMs: BODY_LIMIT_MS, callerSignal };
  const bytes = await watch.send(ref, ends, (signal) => readBody(ref, body, { signal }));
  return new TextDecoder().decode(bytes);
}
