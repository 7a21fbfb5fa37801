import { codecV1 } from "../key/codec-v1.js";
import type { GivenEvent } from "../key/event-id.js";
import type { EventId } from "../key/key-codec.js";
import { type Closing, closingOf } from "../scheduler/clock-check.js";
import { findGiven } from "../scheduler/find-events.js";
import type { ScheduleContext } from "../scheduler/schedule.js";
import { deleteEvent, findEvent, type ScheduledEvent } from "../scheduler/stored-event.js";
import type { Partition } from "../shards/partitions.js";
import type { ObjectInfo } from "../store/object-store.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import type { NameCall } from "./held-name.js";

/** An event that may wait under a name, and what a HEAD showed of it. */
export interface KnownEvent {
  readonly event: NamedEvent;
  readonly closing: Closing;
  /** `undefined`: it does not wait. */
  readonly info: ObjectInfo | undefined;
  /** Where it is, or where it could be. */
  readonly partitions: readonly Partition[];
}

/** Every event of a name has a delivery id. */
interface NamedEvent extends GivenEvent {
  readonly deliveryId: string;
}

/** What an id says; the ids of a name's object are checked when it is read. */
function eventOf(id: EventId): NamedEvent {
  return { ...(codecV1.decode(id) as Omit<NamedEvent, "id">), id };
}

/** One HEAD for each event, or a few where the number of shards has changed. */
export async function lookAt(context: ScheduleContext, id: EventId): Promise<KnownEvent> {
  const event = eventOf(id);
  const partitions = await context.partitions.of(event.deliveryId, context.signal);
  const found = await findEvent(context, partitions, id);
  return {
    event,
    closing: closingOf(context, event.atMs),
    info: found?.info,
    partitions: found === undefined ? partitions : [found.under],
  };
}

/** Whether an event is gone that is not due yet: it was cancelled by its id, or moved, and may wait under another one. */
export function isMissing({ info, closing }: KnownEvent): boolean {
  return info === undefined && !closing.isOver();
}

/** Finds the open events of one delivery id, or of several: one LIST for each 1,000 waiting events. */
export async function searchEvents(
  call: NameCall,
  wanted: Selection,
): Promise<readonly ScheduledEvent[]> {
  const { clock, guardMs, signal } = call;
  const query = { ...wanted, from: new Date(clock.now() + guardMs) };
  const found: ScheduledEvent[] = [];
  for await (const event of findGiven(call, query, { signal })) found.push(event);
  return found;
}

type Selection = { readonly deliveryId: string } | { readonly deliveryIdPrefix: string };

/**
 * What became of an event that a call removes.
 *
 * - `gone`: it will not be delivered. It was deleted while it was open, or it was not there.
 * - `closed`: it closed before the delete was sent, and is left alone.
 * - `undecided`: the answer to the delete is missing, or came after the event had closed.
 */
export type Removal =
  | { readonly outcome: "gone" | "closed" }
  | { readonly outcome: "undecided"; readonly error?: ObjectStoreError | undefined };

/** Deletes an event while it is open, and judges the answer by when it arrives. */
export async function removeEvent(
  context: NameCall,
  { event, closing, partitions }: KnownEvent,
): Promise<Removal> {
  for (const { prefix } of partitions) {
    if (closing.isOver()) return { outcome: "closed" };
    const gone = await deleteEvent({ ...context, untilMs: closing.atMs }, prefix + event.id);
    if (gone.outcome === "undecided") return gone;
    if (closing.isOver() || context.clockCheck.isSkewed) return { outcome: "undecided" };
  }
  return { outcome: "gone" };
}
