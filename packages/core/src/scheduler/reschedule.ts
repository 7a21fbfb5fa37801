import { asEventId, type EventId } from "../codec/event-id.js";
import type { EventKey } from "../codec/key-codec.js";
import { KeywhenError } from "../keywhen-error.js";
import type { LayoutReader } from "../layout/layout-reader.js";
import type { ResolvedHome } from "../options/home.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import type { CancelResult } from "./cancel-result.js";
import { createClockCheck } from "./clock-check.js";
import { decodeGivenId } from "./event-id.js";
import { placesOfId } from "./find-event.js";
import { headChecked } from "./head-checked.js";
import { inEachPlace } from "./in-each-place.js";
import { moveEvent, planMove } from "./move-event.js";
import { type When, whenMs } from "./when.js";

/**
 * What became of a `reschedule` call.
 *
 * - `rescheduled`: the event waits as `id`; the old one has gone.
 * - `unchanged`: it is due at that instant already.
 * - `undecided`: it broke off in between: both may exist, with one delivery id. Calling again finishes it.
 * - `not-found`, `too-late`: as with `cancel`; nothing was changed.
 */
export type RescheduleResult =
  | { readonly outcome: "rescheduled"; readonly id: EventId; readonly at: Date }
  | { readonly outcome: "unchanged"; readonly id: EventId }
  | {
      readonly outcome: "undecided";
      readonly id: EventId;
      readonly newId: EventId;
      readonly error?: ObjectStoreError | undefined;
    }
  | Exclude<CancelResult, { readonly outcome: "cancelled" | "undecided" }>;

/**
 * Writes the event again under another instant, then deletes the old one. No undo if it breaks off: two
 * calls at once would undo each other and lose the event.
 */
export async function reschedule(
  home: ResolvedHome,
  layout: LayoutReader,
  id: string,
  when: When,
  signal: AbortSignal | undefined,
): Promise<RescheduleResult> {
  const event = decodeGivenId(home, id);
  const newAtMs = whenMs(when, home.clock);
  const closesAtMs = event.atMs - home.guardMs;
  const tooLate = { outcome: "too-late", closedAt: new Date(closesAtMs) } as const;
  const isClosed = () => home.clock.now() >= closesAtMs;
  if (isClosed()) return tooLate;
  if (newAtMs === event.atMs) return { outcome: "unchanged", id: asEventId(id) };
  checkIsOpen(home, newAtMs);
  const places = await placesOfId(home, layout, id, signal);
  if (isClosed()) return tooLate;
  return inEachPlace(places, (place) => rescheduleIn(place, id, event, newAtMs, signal));
}

/** It stays in its place: so the same call gives the same key, even if the number of shards has changed meanwhile. */
async function rescheduleIn(
  place: ResolvedHome,
  id: string,
  event: EventKey,
  newAtMs: number,
  signal: AbortSignal | undefined,
): Promise<RescheduleResult> {
  const closesAtMs = event.atMs - place.guardMs;
  const move = await planMove(place, { prefix: place.pendingPrefix, id, event }, newAtMs);
  const policy = { ...place, signal, untilMs: Math.min(closesAtMs, newAtMs - place.guardMs) };
  const info = await headChecked(place, move.source.key, createClockCheck(place), policy);
  if (info === undefined) return { outcome: "not-found" };
  const tooLate = { outcome: "too-late", closedAt: new Date(closesAtMs) } as const;
  if (place.clock.now() >= closesAtMs) return tooLate;
  const moved = await moveEvent(place, move, info, policy);
  switch (moved.outcome) {
    case "moved":
      return { outcome: "rescheduled", id: move.newId, at: new Date(newAtMs) };
    case "source-gone":
      return { outcome: "not-found" };
    case "undecided":
      return { ...moved, id: asEventId(id), newId: move.newId };
  }
}

function checkIsOpen(home: ResolvedHome, newAtMs: number): void {
  if (home.clock.now() < newAtMs - home.guardMs) return;
  const instant = new Date(newAtMs).toISOString();
  const aheadMs = newAtMs - home.clock.now();
  const guard = `${home.guardMs / 1000} s`;
  const least = home.guardMs === 0 ? "in the future" : `more than ${guard} ahead`;
  throw new KeywhenError(
    "invalid-time",
    aheadMs > 0
      ? `${instant} is only ${aheadMs / 1000} s ahead, and an event can be moved only to an instant ${least}.`
      : `${instant} is in the past: give an instant ${least}.`,
  );
}
