import { checkScheduleKey } from "../codec/key-limits.js";
import type { LayoutReader } from "../layout/layout-reader.js";
import { placeToWrite } from "../layout/places.js";
import type { ResolvedHome } from "../options/home.js";
import { retryWrite, type WriteAnswer } from "../requests/retry-write.js";
import type { ObjectRef, PutResult } from "../store/object-store.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import { findFirst } from "./find-event.js";
import { type NewEvent, type PlannedEvent, planEvent } from "./new-event.js";
import type { EventId } from "./scheduled-event.js";

/**
 * What became of a `schedule` call.
 *
 * - `scheduled`: the event is stored.
 * - `exists` (chosen delivery id): an event of this instant, target and delivery id is stored already,
 *   perhaps by an unanswered first try of this very call; nothing was overwritten.
 * - `too-late` (chosen delivery id): it closes `guard` before its due instant; nothing was sent.
 * - `undecided`: the store didn't say, or said it too late to be sure; `error` tells why.
 */
export type Scheduled = {
  readonly id: EventId;
  readonly at: Date;
  readonly to: ObjectRef;
  readonly deliveryId: string;
} & (
  | { readonly outcome: "scheduled" | "exists" | "too-late" }
  | { readonly outcome: "undecided"; readonly error?: ObjectStoreError | undefined }
);

/** Puts one event: checked completely before anything is sent, whole or not at all. */
export async function schedule(
  home: ResolvedHome,
  layout: LayoutReader,
  event: NewEvent,
  signal: AbortSignal | undefined,
): Promise<Scheduled> {
  const planned = planEvent(home, event);
  const { id, atMs, to, deliveryId, isChosen } = planned;
  const identity = { id, at: new Date(atMs), to, deliveryId };
  const closesAtMs = atMs - home.guardMs;
  const isClosed = () => isChosen && home.clock.now() >= closesAtMs;
  if (isClosed()) return { ...identity, outcome: "too-late" };
  const { key, isElsewhere } = await findPlace(home, layout, planned, signal);
  if (isElsewhere) return { ...identity, outcome: "exists" };
  if (isClosed()) return { ...identity, outcome: "too-late" };
  const answer = await putEvent(home, { ...planned, key }, closesAtMs, signal);
  if (!answer.isKnown) return { ...identity, outcome: "undecided", error: answer.error };
  if (answer.value.outcome !== "written") return { ...identity, outcome: "exists" };
  return { ...identity, outcome: isClosed() ? "undecided" : "scheduled" };
}

/**
 * The key in the event's place. A chosen id is looked for in its other places as well, where somebody with another
 * number of shards in mind may have put it.
 */
async function findPlace(
  home: ResolvedHome,
  layout: LayoutReader,
  { id, to, deliveryId, isChosen, key }: PlannedEvent,
  signal: AbortSignal | undefined,
): Promise<{ key: string; isElsewhere: boolean }> {
  if (home.shards === 0) return { key, isElsewhere: false };
  const { place, others } = await placeToWrite(home, layout, deliveryId, signal);
  const keyInPlace = place.pendingPrefix + id;
  checkScheduleKey(keyInPlace, to.key, home.store.capabilities.limits, true);
  const found = isChosen ? await findFirst(others, id, signal) : undefined;
  return { key: keyInPlace, isElsewhere: found !== undefined };
}

function putEvent(
  home: ResolvedHome,
  { key, body, put }: PlannedEvent,
  closesAtMs: number,
  signal: AbortSignal | undefined,
): Promise<WriteAnswer<PutResult>> {
  const attempts = body instanceof Uint8Array ? undefined : 1; // a stream can't be sent twice
  return retryWrite({ ...home, signal, untilMs: closesAtMs, attempts }, () =>
    home.store.put({ bucket: home.bucket, key }, body, { ...put, signal }),
  );
}
