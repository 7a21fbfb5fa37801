import type { KeyCodec } from "../key/key-codec.js";
import { asEventId, type EventId } from "../key/key-codec.js";
import { ageOf, type EventAge } from "../lease/history.js";
import type { DeadLetterReason } from "../report/sweep-event.js";
import type { ListedObject, ObjectRef } from "../store/object-store.js";
import type { ObjectStoreError } from "../store/object-store-error.js";

/** The state of an event in a sweep. `EventStates` changes it; ARCHITECTURE.md shows the transitions. */
export type EventState =
  /** Not in the table: not yet, or no longer. */
  | "left"
  /** Its instant has not come, or there is no room yet. */
  | "upcoming"
  /** It may start. */
  | "ready"
  /** It waits for an older event of its target. */
  | "queued"
  | "copying"
  | "deleting"
  /** Delivered, but its delete failed. */
  | "undeleted"
  /** Moves to the dead letters when the sweep ends. */
  | "rejected"
  | "dead-lettering";

/** A waiting event on its way through a sweep, with its one state. */
export interface DueEvent extends EventAge {
  readonly id: EventId;
  /** The whole key in the schedule's bucket. */
  readonly key: string;
  readonly to: ObjectRef;
  /** Bytes of the body. */
  readonly size: number;
  /** Equal for events of the same target, and only for those. */
  readonly target: string;
  /** `undefined` for a key written by hand in three parts. */
  readonly deliveryId: string | undefined;
  state: EventState;
  /** The older event of its target has just been delivered, so it starts now, even if its own back-off goes on. */
  isFreed: boolean;
  /** When its copy started (monotonic). */
  startedMs: number;
  /** Delete requests that were sent for it. */
  deleteAttempts: number;
}

/** The event that a listed object is at `nowMs` of the store's clock; `undefined` for an unrecognized object. */
export function readDueEvent(
  codec: KeyCodec,
  prefix: string,
  { key, size, lastModified }: ListedObject,
  nowMs: number,
): DueEvent | undefined {
  const id = key.slice(prefix.length);
  const decoded = codec.decode(id);
  if (decoded === undefined) return undefined;
  const { atMs, to, deliveryId } = decoded;
  const { sinceMs, isUndated } = ageOf(atMs, lastModified, nowMs);
  return {
    id: asEventId(id),
    key,
    atMs,
    sinceMs,
    isUndated,
    to,
    size,
    target: `${to.bucket}\0${to.key}`,
    deliveryId,
    state: "left",
    isFreed: false,
    startedMs: 0,
    deleteAttempts: 0,
  };
}

/** How the delivery of an event ended. */
export type Delivery =
  /** `isRemoved`: it has also left the schedule. */
  | { readonly outcome: "delivered"; readonly isRemoved: boolean; readonly latenessMs: number }
  /** An earlier sweep had delivered it. */
  | { readonly outcome: "found" }
  | { readonly outcome: "gone" }
  /** The clock was set back, so the event is not due any more, or nothing new may start. */
  | { readonly outcome: "untried" }
  /** It failed before and waits for its next try. */
  | { readonly outcome: "backing-off" }
  | FailedDelivery;

export interface FailedDelivery {
  readonly outcome: "failed";
  readonly error: ObjectStoreError;
  /** The target's bucket was asked. */
  readonly wasAsked: boolean;
  /** Why it should move to the dead letters; `undefined` if a later try may succeed. */
  readonly deadLetterReason: DeadLetterReason | undefined;
}

/**
 * Changes the states of a table's events and counts the events in each state. Also knows which events another listing must
 * not admit again. Pure and synchronous.
 */
export class EventStates {
  /** The number of events in each state. `left` has no meaning, because events begin in it uncounted. */
  readonly counts: Record<EventState, number> = {
    left: 0,
    upcoming: 0,
    ready: 0,
    queued: 0,
    copying: 0,
    deleting: 0,
    undeleted: 0,
    rejected: 0,
    "dead-lettering": 0,
  };
  readonly #known: Map<string, DueEvent> | undefined;
  #listedThrough = "";

  /**
   * A sweep that lists once meets each key once, so it keeps nothing: a `Map` through which every event passes would let V8
   * promote each event, with its promises, to the old generation (a tenth of the CPU).
   */
  constructor(listsAgain: boolean) {
    this.#known = listsAgain ? new Map() : undefined;
  }

  /** A listing has met this event. Returns the event of this key if the sweep knows it already. */
  meet(event: DueEvent): DueEvent | undefined {
    if (this.#known === undefined) return undefined;
    const { key } = event;
    this.#listedThrough = key;
    const known = this.#known.get(key);
    if (known === undefined) this.#known.set(key, event);
    return known;
  }

  move(event: DueEvent, state: EventState): void {
    this.counts[event.state] -= 1;
    this.counts[state] += 1;
    event.state = state;
  }

  /** The event leaves the table. It stays known until the listing has passed its key: the page that shows it may be older. */
  leave(event: DueEvent): void {
    this.move(event, "left");
    // Ids are ASCII and the rest of the key is the same for all: JavaScript orders them as a listing does.
    if (this.#known !== undefined && event.key <= this.#listedThrough) {
      this.#known.delete(event.key);
    }
  }

  /** The event leaves the table until it is met again. */
  forget(event: DueEvent): void {
    this.move(event, "left");
    this.#known?.delete(event.key);
  }

  /** A new listing starts with the first key: its pages are newer than everything that has left. */
  startListing(): void {
    this.#listedThrough = "";
    for (const [key, { state }] of this.#known ?? []) {
      if (state === "left") this.#known?.delete(key);
    }
  }

  /** Events between their start and their confirmed delete. */
  get inMemory(): number {
    const { ready, queued, copying, deleting } = this.counts;
    return ready + queued + copying + deleting;
  }

  /** Every admitted event has been copied, or stays. */
  get isDelivered(): boolean {
    const { upcoming, ready, queued, copying } = this.counts;
    return upcoming + ready + queued + copying === 0;
  }

  /** No event is on its way to the dead letters. */
  get isDeadLettered(): boolean {
    return this.counts["dead-lettering"] === 0;
  }

  /** Every delete has been answered. */
  get isDeleted(): boolean {
    return this.counts.deleting === 0;
  }
}
