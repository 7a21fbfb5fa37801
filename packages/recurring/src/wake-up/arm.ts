import { keywhenMetadata, retry } from "@keywhen/core/internal";
import type { ObjectRef, PutOptions } from "@keywhen/core/store";
import type { Definition, NextOccurrence, StoredPayload } from "../definition/definition.js";
import { bodyRef, type Place, wakeUpRef } from "../schedules/place.js";
import { CHECK, deliveryIdOf, idOfWakeUp, randomToken } from "./wake-up-id.js";

/** Longer than a request can be on its way. */
const GUARD_AHEAD_MS = 300_000;

/**
 * Makes sure that the valid wake-up of an active schedule is stored. It carries the payload, so delivering it is the same copy
 * as for any event. Throws if that is not certain. `outdated`: the schedule has other content by now, and its wake-up is not
 * this caller's to store.
 */
export async function arm(
  place: Place,
  name: string,
  { content, next }: Definition,
): Promise<"armed" | "outdated"> {
  if (next === undefined) return "outdated";
  const { payload, to } = content;
  const ref = wakeUpRef(place, idOfWakeUp(name, to, next));
  const headers = wakeUpHeaders(name, payload, next);
  if (payload.body.kind === "inline") {
    await putIfAbsent(place, ref, Buffer.from(payload.body.base64, "base64"), headers);
    return "armed";
  }
  const source = bodyRef(place, payload.body.object);
  const { metadata } = headers;
  const { signal, store } = place;
  const copied = await retry(place, () => store.copy(source, ref, { metadata, signal }));
  return copied.outcome === "copied" ? "armed" : "outdated";
}

/**
 * Puts a void wake-up a few minutes ahead and returns its reference. If the caller dies between writing a definition and
 * arming it, the sweeper that meets this wake-up arms the valid one.
 */
export async function putGuard(
  place: Place,
  name: string,
  to: ObjectRef,
  nowMs: number,
): Promise<ObjectRef> {
  const dueMs = Math.ceil(nowMs) + GUARD_AHEAD_MS;
  const guard = { dueMs, nominal: CHECK, token: randomToken(place.random) };
  const ref = wakeUpRef(place, idOfWakeUp(name, to, guard));
  await putIfAbsent(place, ref, new Uint8Array(), {});
  return ref;
}

/** The headers of a wake-up, which its delivery keeps. */
export function wakeUpHeaders(
  name: string,
  { contentType, contentEncoding, cacheControl, metadata }: Omit<StoredPayload, "body">,
  { dueMs, nominal, passedOver }: Pick<NextOccurrence, "dueMs" | "nominal" | "passedOver">,
): PutOptions {
  const own = {
    ...keywhenMetadata(dueMs, deliveryIdOf(name, nominal)),
    "keywhen-occurrence": nominal,
    ...(passedOver > 0 ? { "keywhen-passed-over": String(passedOver) } : {}),
  };
  return { contentType, contentEncoding, cacheControl, metadata: { ...metadata, ...own } };
}

/** Repeating it is safe: any earlier put had the same content. */
async function putIfAbsent(
  { store, signal, ...policy }: Place,
  ref: ObjectRef,
  body: Uint8Array,
  headers: PutOptions,
): Promise<void> {
  const options = { ...headers, condition: { if: "absent" }, signal } as const;
  await retry({ ...policy, signal }, () => store.put(ref, body, options));
}
