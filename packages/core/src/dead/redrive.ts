import type { EventId } from "../codec/event-id.js";
import type { ResolvedHome } from "../options/home.js";
import { createClockCheck } from "../scheduler/clock-check.js";
import { decodeGivenId } from "../scheduler/event-id.js";
import { headChecked } from "../scheduler/head-checked.js";
import { headEvent } from "../scheduler/head-event.js";
import { moveEvent, planMove } from "../scheduler/move-event.js";
import { type When, whenMs } from "../scheduler/when.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import { withoutDeath } from "./dead-metadata.js";

/**
 * What became of a `redrive` call.
 *
 * - `redriven`: the event waits as `id`; the dead letter has gone.
 * - `not-found`: there is no such dead letter.
 * - `undecided`: it broke off in between: both may exist, with one delivery id. Calling again finishes it; to the
 *   same moment it gives the same event.
 */
export type RedriveResult =
  | { readonly outcome: "redriven"; readonly id: EventId; readonly at: Date }
  | { readonly outcome: "not-found" }
  | {
      readonly outcome: "undecided";
      readonly newId: EventId;
      readonly error?: ObjectStoreError | undefined;
    };

/**
 * Writes a dead letter again as an event that is due now or at another moment, then deletes it. Throws `clock-skew`, and
 * changes nothing, if the moment is relative (now, or `in`) and this machine's clock is wrong.
 */
export async function redrive(
  home: ResolvedHome,
  id: string,
  when: When | undefined,
  signal: AbortSignal | undefined,
): Promise<RedriveResult> {
  const event = decodeGivenId(home, id);
  const newAtMs = when === undefined ? home.clock.now() : whenMs(when, home.clock);
  const move = await planMove(home, { prefix: home.deadPrefix, id, event }, newAtMs);
  const isRelative = when === undefined || when.in !== undefined;
  const info = isRelative
    ? await headChecked(home, move.source.key, createClockCheck(home), { ...home, signal })
    : await headEvent(home, home.deadPrefix, id, signal);
  if (info === undefined) return { outcome: "not-found" };
  const old = { metadata: withoutDeath(info.metadata), size: info.size };
  const moved = await moveEvent(home, move, old, { ...home, signal });
  switch (moved.outcome) {
    case "moved":
      return { outcome: "redriven", id: move.newId, at: new Date(newAtMs) };
    case "source-gone":
      return { outcome: "not-found" };
    case "undecided":
      return { ...moved, newId: move.newId };
  }
}
