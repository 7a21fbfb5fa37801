import type { GivenEvent } from "../key/event-id.js";
import type { EventId } from "../key/key-codec.js";
import type { CallContext } from "../options/schedule.js";
import { ClockCheck } from "../scheduler/clock-check.js";
import { moveEvent, planMove } from "../scheduler/move-event.js";
import { headObject } from "../scheduler/stored-event.js";
import { pendingPartition } from "../shards/partitions.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import { type When, whenMs } from "../time/moment.js";
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
  context: CallContext,
  event: GivenEvent,
  when: When | undefined,
): Promise<RedriveResult> {
  const newAtMs = when === undefined ? context.clock.now() : whenMs(when, context.clock);
  const prefixes = { from: context.deadPrefix, to: pendingPartition(context).prefix };
  const move = await planMove(context, event, newAtMs, prefixes);
  const isRelative = when === undefined || when.in !== undefined;
  const info = isRelative
    ? await new ClockCheck(context).head(move.source.key)
    : await headObject(context, move.source);
  if (info === undefined) return { outcome: "not-found" };
  const old = { metadata: withoutDeath(info.metadata), size: info.size };
  const moved = await moveEvent(context, move, old);
  return moved.outcome === "moved" ? { ...moved, outcome: "redriven" } : moved;
}
