import { invalidOption, KeywhenError } from "../errors.js";
import { checkOptionNames } from "../input/option-names.js";
import type { GivenEvent } from "../key/event-id.js";
import type { EventId } from "../key/key-codec.js";
import type { Schedule } from "../options/schedule.js";
import { formatInstant } from "../time/instant.js";
import { type When, whenMs } from "../time/moment.js";
import type { CancelResult } from "./cancel.js";
import { ClockCheck, closingOf } from "./clock-check.js";
import {
  attemptsOf,
  CONTENT_OPTIONS,
  type NewContent,
  type PlannedContent,
  planContent,
} from "./event-content.js";
import { moveEvent, planMove, replaceEvent, type UndecidedMove } from "./move-event.js";
import { FIXED_OPTIONS, TIME_OPTIONS } from "./new-event.js";
import { type ChangeContext, inEachPartition } from "./stored-event.js";

/**
 * What `reschedule()` changes: when the event is due, its content, or both. Without a time it stays due at its instant.
 *
 * New content is `json` or `body`, as in `schedule()`. It replaces the body, its content type and its encoding; `metadata` and
 * `cacheControl` stay unless they are given.
 *
 * @inline
 */
export type EventChange =
  | When
  | (NewContent & (When | { readonly at?: undefined; readonly in?: undefined }));

/**
 * What became of a `reschedule` call.
 *
 * - `rescheduled`: the event waits as `id`; the old one has gone.
 * - `unchanged`: it is due at that instant already, and no content was given.
 * - `undecided`: it broke off in between: both may exist, with one delivery id. Calling again finishes it.
 * - `not-found`, `too-late`: as with `cancel`; nothing was changed.
 */
export type RescheduleResult =
  | { readonly outcome: "rescheduled"; readonly id: EventId; readonly at: Date }
  | { readonly outcome: "unchanged"; readonly id: EventId }
  | ({ readonly id: EventId } & UndecidedMove)
  | Exclude<CancelResult, { readonly outcome: "cancelled" | "undecided" }>;

/**
 * Writes the event again under another id, then deletes the old one. It stays in its partition, so that the same call gives
 * the same key even after a change of the number of shards.
 */
export async function reschedule(
  call: ChangeContext,
  event: GivenEvent,
  change: EventChange,
): Promise<RescheduleResult> {
  const { newAtMs, content } = planChange(call, event, change);
  const closing = closingOf(call, event.atMs);
  if (closing.isOver()) return closing.tooLate();
  if (newAtMs === event.atMs && content === undefined) {
    return { outcome: "unchanged", id: event.id };
  }
  if (newAtMs !== event.atMs) checkIsOpen(call, newAtMs);
  const partitions = await call.partitions.of(event.deliveryId, call.signal);
  if (closing.isOver()) return closing.tooLate();
  const context = { ...call, untilMs: Math.min(closing.atMs, newAtMs - call.guardMs) };
  const take = content && takenOnce(content);
  return inEachPartition(partitions, async ({ prefix }): Promise<RescheduleResult> => {
    const move = await planMove(context, event, newAtMs, { from: prefix, to: prefix });
    const info = await new ClockCheck(context).head(move.source.key);
    if (info === undefined) return { outcome: "not-found" };
    if (closing.isOver()) return closing.tooLate();
    const moved = await (take
      ? replaceEvent(context, move, info, take())
      : moveEvent(context, move, info));
    if (moved.outcome === "moved") return { ...moved, outcome: "rescheduled" };
    return moved.outcome === "undecided" ? { ...moved, id: event.id } : moved;
  });
}

interface PlannedChange {
  readonly newAtMs: number;
  readonly content: PlannedContent | undefined;
}

function planChange(call: Schedule, event: GivenEvent, change: EventChange): PlannedChange {
  const content = contentOf(change);
  const isTimed = change?.at !== undefined || change?.in !== undefined;
  const newAtMs =
    content === undefined || isTimed ? whenMs(change as When, call.clock) : event.atMs;
  return { newAtMs, content };
}

/** Throws `invalid-option` for what can't change, which would be ignored. */
function contentOf(change: EventChange): PlannedContent | undefined {
  if (typeof change !== "object" || change === null) return undefined; // whenMs() refuses it
  const fixed = FIXED_OPTIONS.find((name) => name in change);
  if (fixed !== undefined) {
    throw invalidOption(
      `reschedule() can't change ${fixed}: cancel the event and schedule a new one.`,
    );
  }
  checkOptionNames(change, [...TIME_OPTIONS, ...CONTENT_OPTIONS], "reschedule()");
  if (hasBody(change)) return planContent(change);
  const header = CONTENT_OPTIONS.find((name) => Reflect.get(change, name) !== undefined);
  if (header === undefined) return undefined;
  throw invalidOption(
    `reschedule() can change ${header} only together with the body: give json or body, too.`,
  );
}

function hasBody(change: EventChange): change is EventChange & NewContent {
  return "json" in change || ("body" in change && change.body !== undefined);
}

/** An event may wait in several partitions, but a stream can be sent only once. */
function takenOnce(content: PlannedContent): () => PlannedContent {
  let isTaken = false;
  return () => {
    if (isTaken && attemptsOf(content.body) === 1) {
      throw invalidOption(
        "The event waits in more than one shard, and a stream can be sent only once: repeat the call with the body as bytes.",
      );
    }
    isTaken = true;
    return content;
  };
}

/** Throws `invalid-time` for an instant that is too close to move an event to. */
export function checkIsOpen({ clock, guardMs }: Schedule, newAtMs: number): void {
  const aheadMs = newAtMs - clock.now();
  if (aheadMs > guardMs) return;
  const least = guardMs === 0 ? "in the future" : `more than ${guardMs / 1000} s ahead`;
  const problem = aheadMs > 0 ? `only ${aheadMs / 1000} s ahead` : "in the past";
  const message = `${formatInstant(newAtMs)} is ${problem}: give an instant ${least}.`;
  throw new KeywhenError("invalid-time", message);
}
