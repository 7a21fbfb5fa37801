import { asEventId } from "../key/codec-v1.js";
import { expiresAt } from "../key/delivery-time.js";
import type { GivenEvent } from "../key/event-id.js";
import type { EventId, KeyCodec } from "../key/key-codec.js";
import { userMetadata } from "../options/metadata.js";
import type { CallContext } from "../options/schedule.js";
import { deleteOne } from "../requests/list-and-delete.js";
import { retry, retryWrite, type WriteResult } from "../requests/retry.js";
import type { EventPrefix, EventPrefixes, Partition } from "../shards/partitions.js";
import type { ListedObject, ObjectInfo, ObjectRef, RequestOptions } from "../store/object-store.js";

/** What a listing shows of a waiting event. */
export interface ScheduledEvent {
  readonly id: EventId;
  /** The due instant. */
  readonly at: Date;
  readonly to: ObjectRef;
  /** `undefined` for a key written by hand in three parts. */
  readonly deliveryId: string | undefined;
  /** Bytes of the body. */
  readonly size: number;
  /** When it was written, by the store's clock. */
  readonly writtenAt: Date;
  /** If no delivery has started by then, it becomes a dead letter; `undefined`: without a limit. */
  readonly expiresAt: Date | undefined;
}

/** What one HEAD shows of a waiting event. */
export interface EventDetails extends ScheduledEvent {
  readonly contentType: string | undefined;
  /** The user's metadata, without keywhen's own. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a verb that looks for events works with. */
export interface ReadContext extends CallContext {
  /** Where it looks: for waiting events, or for dead letters. */
  readonly partitions: EventPrefixes;
}

/** What a verb that changes an event works with. */
export interface ChangeContext extends CallContext {
  /** Where it looks for it. */
  readonly partitions: {
    of(deliveryId: string | undefined, signal?: AbortSignal): Promise<readonly Partition[]>;
  };
}

/** The event under a prefix that a listing shows; `undefined` for an unrecognized object. */
export function listedEvent(
  codec: KeyCodec,
  prefix: string,
  object: ListedObject,
): ScheduledEvent | undefined {
  const id = asEventId(object.key.slice(prefix.length));
  const event = codec.decode(id);
  return event && scheduledEvent({ ...event, id }, object);
}

function scheduledEvent(
  event: GivenEvent,
  { size, lastModified }: Pick<ListedObject, "size" | "lastModified">,
): ScheduledEvent {
  const { id, atMs, to, deliveryId } = event;
  const at = new Date(atMs);
  return { id, at, to, deliveryId, size, writtenAt: lastModified, expiresAt: expiresAt(event) };
}

export function detailsOf(event: GivenEvent, info: ObjectInfo): EventDetails {
  const { contentType, metadata } = info;
  return { ...scheduledEvent(event, info), contentType, metadata: userMetadata(metadata) };
}

/** What one HEAD shows of an event; `undefined` if it is under none of its prefixes. */
export async function getEvent(
  context: ReadContext,
  event: GivenEvent,
): Promise<EventDetails | undefined> {
  const prefixes = await context.partitions.of(event.deliveryId, context.signal);
  const found = await findEvent(context, prefixes, event.id);
  return found && detailsOf(event, found.info);
}

/**
 * The body of an event; `undefined` if it is under none of its prefixes. The context's store must have no time limits, which
 * would end the body too.
 */
export async function openEvent(
  context: ReadContext,
  event: GivenEvent,
): Promise<ReadableStream<Uint8Array> | undefined> {
  const { store, bucket, signal } = context;
  for (const { prefix } of await context.partitions.of(event.deliveryId, signal)) {
    const ref = { bucket, key: prefix + event.id };
    const opened = await retry(context, () => store.get(ref, { signal }));
    if (opened !== undefined) return opened.body;
  }
  return undefined;
}

/** One HEAD for each prefix, until it is found. */
export async function findEvent<Prefix extends EventPrefix>(
  context: CallContext,
  prefixes: readonly Prefix[],
  id: EventId,
): Promise<{ readonly under: Prefix; readonly info: ObjectInfo } | undefined> {
  for (const under of prefixes) {
    const info = await headObject(context, { bucket: context.bucket, key: under.prefix + id });
    if (info !== undefined) return { under, info };
  }
  return undefined;
}

export function headObject(context: CallContext, ref: ObjectRef): Promise<ObjectInfo | undefined> {
  const { store, signal } = context;
  return retry(context, () => store.head(ref, { signal }));
}

/** Tries until the context's end; throws an error which says that the event still exists. */
export function deleteEvent(
  context: CallContext,
  key: string,
  call: () => RequestOptions = () => ({}),
): Promise<WriteResult<void>> {
  const { store, bucket, signal } = context;
  return retryWrite(context, () => deleteOne(store, { bucket, key }, { ...call(), signal }));
}

/** The one result of several partitions: what may still be delivered matters most. */
const WEIGHTIEST_FIRST = ["undecided", "too-late", "rescheduled", "cancelled", "not-found"];

/**
 * Does the same in every partition where an event may wait: nearly always one. A writer that schedules a chosen id with another
 * number of shards may put it into a second one; the result must be true of both.
 */
export async function inEachPartition<Result extends { readonly outcome: string }>(
  partitions: readonly Partition[],
  work: (partition: Partition) => Promise<Result>,
): Promise<Result> {
  const results: Result[] = [];
  for (const settled of await Promise.allSettled(partitions.map(work))) {
    if (settled.status === "rejected") throw settled.reason;
    results.push(settled.value);
  }
  return results.reduce((one, other) => (rankOf(other) < rankOf(one) ? other : one)); // `pending/` always is one
}

function rankOf({ outcome }: { readonly outcome: string }): number {
  return WEIGHTIEST_FIRST.indexOf(outcome);
}
