import { KeywhenError } from "../keywhen-error.js";
import type { ResolvedHome } from "../options/home.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import type { CancelResult } from "./cancel-result.js";
import { createClockCheck } from "./clock-check.js";
import { decodeGivenId } from "./event-id.js";
import { headChecked } from "./head-checked.js";
import { moveEvent, planMove } from "./move-event.js";
import { asEventId, type EventId } from "./scheduled-event.js";
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
  id: string,
  when: When,
  signal: AbortSignal | undefined,
): Promise<RescheduleResult> {
  const event = decodeGivenId(home, id);
  const newAtMs = whenMs(when, home.clock);
  const closesAtMs = event.atMs - home.guardMs;
  const tooLate = { outcome: "too-late", closedAt: new Date(closesAtMs) } as const;
  if (home.clock.now() >= closesAtMs) return tooLate;
  if (newAtMs === event.atMs) return { outcome: "unchanged", id: asEventId(id) };
  checkIsOpen(home, newAtMs);
  const move = await planMove(home, { prefix: home.pendingPrefix, id, event }, newAtMs);
  const policy = { ...home, signal, untilMs: Math.min(closesAtMs, newAtMs - home.guardMs) };
  const info = await headChecked(home, move.source.key, createClockCheck(home), policy);
  if (info === undefined) return { outcome: "not-found" };
  if (home.clock.now() >= closesAtMs) return tooLate;
  const moved = await moveEvent(home, move, info, policy);
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
  const guard = home.guardMs === 0 ? "in the future" : `more than ${home.guardMs / 1000} s ahead`;
  throw new KeywhenError(
    "invalid-time",
    `${new Date(newAtMs).toISOString()} is too soon: the new instant must be ${guard}.`,
  );
}
