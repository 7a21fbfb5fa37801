import type { LeftReason, SweepEvent } from "../report/sweep-event.js";
import type { ObjectStoreError } from "../store/object-store-error.js";
import type { DeliveryError } from "../targets/destination-error.js";
import type { DueEvent, EventState } from "./due-event.js";
import type { Lanes } from "./lanes.js";
import type { RejectedEvent } from "./rejected-events.js";

/** What the next sweep must know of the events that this one leaves in the schedule, in a few numbers. */
export type EventsLeft = Pick<
  EventStates,
  "unattemptedSinceMs" | "isNothingUntried" | "uncertainMs"
>;

const NOTHING: readonly SweepEvent[] = [];
const LATER = Number.POSITIVE_INFINITY;
/** After every key. */
const LAST_KEY = "\uffff";

/**
 * Moves the events of a table from state to state, counts those in each, and records what happened for the observer, the
 * report and the next sweep. Also knows which events another listing must not admit again. Pure and synchronous.
 */
export class EventStates {
  /** The number of events in each state; those outside of the table (`listed`, `done`) are not counted. */
  readonly counts: Record<EventState, number> = {
    listed: 0,
    upcoming: 0,
    ready: 0,
    queued: 0,
    copying: 0,
    calling: 0,
    undeliverable: 0,
    deleting: 0,
    undeleted: 0,
    rejected: 0,
    "dead-lettering": 0,
    done: 0,
  };
  /** The events that have been due; those that stayed in an earlier listing are not counted twice. */
  dueCount = 0;
  /** The latest due instant of an event that may be at its target, or that its destination has seen. */
  uncertainMs: number | undefined;
  readonly #known: Map<string, DueEvent> | undefined;
  readonly #lanes: Lanes | undefined;
  #listedThroughKey = "";
  #untriedSinceMs = Number.POSITIVE_INFINITY;
  #happened: SweepEvent[] = [];
  #unreportedDue = 0;
  /** Events that are due, stay, and would be met again by another listing. */
  #stayCount = 0;
  #hasPassedOver = false;

  /** A sweep that lists each key once keeps nothing: a `Map` would let V8 promote each event to the old generation (a tenth of the CPU). */
  constructor(listsAgain: boolean, lanes?: Lanes) {
    this.#known = listsAgain ? new Map() : undefined;
    this.#lanes = lanes?.isEmpty ? undefined : lanes;
  }

  /** Events between their start and their confirmed delete. */
  get inMemory(): number {
    const { ready, queued, copying, calling, undeliverable, deleting } = this.counts;
    const deadLettering = this.counts["dead-lettering"];
    return ready + queued + copying + calling + undeliverable + deadLettering + deleting;
  }

  /** Every admitted event has been delivered, or stays. */
  get isDelivered(): boolean {
    const { upcoming, ready, queued, copying, calling } = this.counts;
    return upcoming + ready + queued + copying + calling === 0;
  }

  /** The earliest `sinceMs` of an event that had no try; those passed over do not count. */
  get unattemptedSinceMs(): number | undefined {
    const sinceMs = Math.min(this.#untriedSinceMs, this.#lanes?.leftSinceMs ?? LATER);
    return sinceMs === LATER ? undefined : sinceMs;
  }

  /** How far this listing has come: what it has not met yet has a later key. */
  get listedThroughKey(): string {
    return this.#listedThroughKey;
  }

  /** Every event had a try. */
  get isNothingUntried(): boolean {
    return this.unattemptedSinceMs === undefined && !this.#hasPassedOver;
  }

  /** A listing has met this event, or it has just been stored. Returns the event of this key if the sweep knows it already. */
  meet(event: DueEvent, isListed = true): DueEvent | undefined {
    if (this.#known === undefined) return undefined;
    const { key } = event;
    if (isListed) this.#listedThroughKey = key;
    const known = this.#known.get(key);
    if (known === undefined) this.#known.set(key, event);
    return known;
  }

  move(event: DueEvent, state: EventState): void {
    this.counts[event.state] -= 1;
    this.counts[state] += 1;
    if (this.#lanes !== undefined) {
      const change = Number(isOnTheWay(state)) - Number(isOnTheWay(event.state));
      this.#lanes.of(event.to.bucket)?.count(change);
    }
    event.state = state;
  }

  /** The event leaves the table until it is met again. */
  forget(event: DueEvent): void {
    this.move(event, "listed");
    this.#known?.delete(event.key);
  }

  due(count = 1): void {
    this.dueCount += count;
    this.#unreportedDue += count;
  }

  /** `nextTryMs`: when its next try is due (store time), if that is known. */
  failed(event: DueEvent, error: DeliveryError, nextTryMs?: number): void {
    if (error.undecided) this.uncertain(event);
    const nextTryAt = nextTryMs === undefined ? undefined : new Date(nextTryMs);
    this.#stays(event, { type: "failed", ...dated(event), error, nextTryAt });
  }

  /** It may be at its target, or its destination has seen it: the next try must know. */
  uncertain({ atMs }: DueEvent): void {
    this.uncertainMs = Math.max(atMs, this.uncertainMs ?? atMs);
  }

  undeleted(event: DueEvent, error: ObjectStoreError): void {
    this.uncertain(event);
    this.record({ type: "undeleted", ...dated(event), error });
    this.move(event, "undeleted");
  }

  /** It stays without a try. A blocked event goes with the older event of its target, whose tries are its own. */
  left(event: DueEvent, reason: LeftReason): void {
    if (reason === "blocked") this.#hasPassedOver = true;
    else if (reason !== "backing-off") this.#untried(event);
    this.#stays(event, { type: "left", ...dated(event), reason });
  }

  /**
   * The event can never be delivered, and stays because the circuit is open. While other events are due it does not count as
   * untried, because any writer can write many of these. When its target is allowed, it is tried at the next step of its
   * back-off.
   */
  refused({ event, reason, error, message }: RejectedEvent, isNothingElseDue: boolean): void {
    if (isNothingElseDue) this.#untried(event);
    else this.#hasPassedOver = true;
    this.#stays(event, {
      type: "refused",
      ...dated(event),
      to: event.to,
      reason,
      error,
      message,
    });
  }

  record(happened: SweepEvent): void {
    this.#flushDue();
    this.#happened.push(happened);
  }

  /** The event leaves the table. It stays known until the listing has passed its key: the page that shows it may be older. */
  end(event: DueEvent): void {
    this.move(event, "done");
    // Ids are ASCII and the rest of the key is the same for all: JavaScript orders them as a listing does.
    if (this.#known !== undefined && event.key <= this.#listedThroughKey) {
      this.#known.delete(event.key);
    }
  }

  /** A new listing starts with the first key: its pages are newer than everything that is done, and meet what stays again. */
  startListing(): void {
    this.record({ type: "relisted" });
    this.dueCount -= this.#stayCount;
    this.#stayCount = 0;
    this.#untriedSinceMs = LATER;
    this.#hasPassedOver = false;
    this.#listedThroughKey = "";
    this.#forgetDone(LAST_KEY);
  }

  /** The listing has met everything. */
  endListing(): void {
    this.#listedThroughKey = LAST_KEY;
  }

  /** A page that was listed is about to be listed again: what ends from now on stays known until that has met it. */
  startRefill(): void {
    this.#listedThroughKey = "";
  }

  /** `throughKey`: how far the listing had come before. */
  endRefill(throughKey: string): void {
    this.#listedThroughKey = throughKey;
    this.#forgetDone(throughKey);
  }

  takeHappened(): readonly SweepEvent[] {
    this.#flushDue();
    if (this.#happened.length === 0) return NOTHING;
    const happened = this.#happened;
    this.#happened = [];
    return happened;
  }

  #stays(event: DueEvent, happened: SweepEvent): void {
    this.#stayCount += 1;
    this.#lanes?.of(event.to.bucket)?.left.stays(event);
    this.record(happened);
    this.end(event);
  }

  #untried({ sinceMs }: DueEvent): void {
    this.#untriedSinceMs = Math.min(sinceMs, this.#untriedSinceMs);
  }

  #forgetDone(throughKey: string): void {
    for (const [key, { state }] of this.#known ?? []) {
      if (state === "done" && key <= throughKey) this.#known?.delete(key);
    }
  }

  #flushDue(): void {
    if (this.#unreportedDue === 0) return;
    this.#happened.push({ type: "due", count: this.#unreportedDue });
    this.#unreportedDue = 0;
  }
}

function isOnTheWay(state: EventState): boolean {
  return state === "ready" || state === "queued" || state === "calling";
}

function dated({ id, atMs }: DueEvent) {
  return { id, dueAt: new Date(atMs) };
}
