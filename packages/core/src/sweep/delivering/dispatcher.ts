import type { ObjectStoreError } from "../../store/object-store-error.js";
import type { DueEvent } from "../due-event.js";
import type { SweepTally } from "../reporting/sweep-tally.js";
import type { ConcurrencyLimit } from "./concurrency-limit.js";
import type { CopySlots } from "./copy-slots.js";
import type { DeleteQueue } from "./delete-queue.js";
import type { Delivery } from "./deliver.js";
import type { Hands } from "./in-hand.js";
import { createPulse } from "./pulse.js";
import { createReadyQueue } from "./ready-queue.js";
import type { SlowBuckets } from "./slow-buckets.js";
import type { Blocked, TargetLines } from "./target-lines.js";

/** Brings events from the listing to their end, with bounded concurrency and bounded memory. */
export interface Dispatcher {
  /** Takes an event in. */
  submit(event: DueEvent): void;
  /** Resolves when there is room for another one; `undefined` if there is now. */
  room(): Promise<void> | undefined;
  /** An event whose copy is confirmed elsewhere, in the dead letters: deletes it. */
  discard(event: DueEvent): void;
  /** Since when the eldest that waits for its turn could have been delivered; infinite if none waits. */
  readonly unstartedSinceMs: number;
  /** Drops what has not been started, as untried. */
  dropUnstarted(): void;
  /** Resolves when every event taken in has been copied, failed, held or dropped. */
  settled(): Promise<void>;
  /** The delete of an event has been answered. */
  deleted(event: DueEvent): void;
  undeleted(event: DueEvent): void;
}

export interface DispatcherOptions {
  readonly lines: TargetLines;
  readonly inHand: Hands;
  readonly limit: ConcurrencyLimit;
  readonly slots: CopySlots;
  readonly slowBuckets: SlowBuckets;
  /** Events in memory at most, waiting ones and those whose delete is unconfirmed included. */
  readonly mostInMemory: number;
  readonly tally: SweepTally;
  readonly deletes: DeleteQueue;
  readonly monotonic: () => number;
  /** `isFreed`: its elder has just been delivered, so it goes now, however its own tries stand. */
  readonly deliver: (event: DueEvent, isFreed: boolean) => Promise<Delivery>;
  /** Takes a failed event over, if it is to be given up. */
  readonly condemn: (event: DueEvent, error: ObjectStoreError) => boolean;
}

/** Enough that copies never wait for a page. */
const MOST_READY = 1_000;

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { lines, inHand, limit, slots, mostInMemory, tally, deletes } = options;
  const { slowBuckets, monotonic, deliver, condemn } = options;
  const ready = createReadyQueue({ slowBuckets, onNoRoom: (event) => leaveAs("postponed", event) });
  const freed = new WeakSet<DueEvent>();
  let copying = 0;
  let waiting = 0;
  let unconfirmed = 0;
  const change = createPulse();
  const roomMade = createPulse();

  const hasRoom = () =>
    ready.size < MOST_READY && unstarted() + copying + unconfirmed < mostInMemory;
  const untilRoom = async () => {
    do await roomMade.next();
    while (!hasRoom());
  };
  const unstarted = () => ready.size + ready.behindSlow + waiting;

  const changed = () => {
    change.notify();
    // Whoever waits for room is woken once it pays, and not for each event.
    if (ready.size <= MOST_READY / 2 && hasRoom()) roomMade.notify();
  };

  const startReady = () => {
    while (copying < limit.current && ready.size + ready.behindSlow > 0) {
      if (!slots.take(startReady)) return;
      const event = ready.take(limit.current);
      if (event === undefined) return slots.free();
      copying += 1;
      tally.underWay(copying);
      void run(event);
    }
  };

  const run = async (event: DueEvent) => {
    const startedMs = monotonic();
    const delivery = await deliver(event, freed.has(event));
    copying -= 1;
    ready.ended(event);
    const how = answerOf(delivery);
    if (how !== undefined) slowBuckets.ended(event.to.bucket, how, monotonic() - startedMs);
    settle(event, delivery);
    slots.free();
    startReady();
    changed();
  };

  const settle = (event: DueEvent, delivery: Delivery) => {
    switch (delivery.outcome) {
      case "copied":
        limit.succeeded();
        tally.delivered(event, delivery.latenessMs);
        return delivery.isMoved ? next(event) : queueDelete(event);
      case "found":
        tally.alreadyDelivered(event);
        return queueDelete(event);
      case "gone":
        tally.gone();
        return next(event);
      case "untried":
        return leaveAs("untried", event);
      case "backing-off":
        tally.backingOff(event);
        return leave(event);
      case "unseen":
      case "failed":
        if (wasTried(delivery) && condemn(event, delivery.error)) return keep("held", event);
        tally.failed(event, delivery.error);
        return leave(event);
    }
  };

  const leave = (event: DueEvent) => {
    inHand.release(event.key);
    keep("held", event);
  };

  const leaveAs = (how: Blocked, event: DueEvent) => {
    stay(how, event);
    keep(how, event);
  };

  const queueDelete = (event: DueEvent) => {
    unconfirmed += 1;
    deletes.add(event);
    if (lines.hasWaiting(event)) deletes.hurry();
  };

  const next = (event: DueEvent) => {
    inHand.release(event.key);
    const younger = lines.finish(event);
    if (younger === undefined) return;
    waiting -= 1;
    freed.add(younger);
    ready.addFirst(younger);
  };

  /** Keeps the younger ones of its target with an event that stays. */
  const keep = (how: Blocked, elder: DueEvent) => {
    for (const younger of lines.block(elder, how)) {
      waiting -= 1;
      stay(how, younger);
    }
  };

  const stay = (how: Blocked, event: DueEvent) => {
    tally[how](event);
    inHand.release(event.key);
  };

  return {
    submit(event) {
      inHand.take(event.key);
      const admission = lines.admit(event);
      if (admission === "start") ready.add(event);
      else if (admission !== "wait") stay(admission, event);
      else {
        waiting += 1;
        deletes.hurry(); // its elder may be in the queue
      }
      startReady();
    },
    room: () => (hasRoom() ? undefined : untilRoom()),
    discard(event) {
      unconfirmed += 1;
      deletes.add(event);
    },
    get unstartedSinceMs() {
      return ready.sinceMs;
    },
    dropUnstarted() {
      const waited = lines.clear();
      waiting -= waited.length;
      for (const event of [...ready.clear(), ...waited]) stay("untried", event);
      changed();
    },
    async settled() {
      while (unstarted() + copying > 0) await change.next();
    },
    deleted(event) {
      unconfirmed -= 1;
      next(event);
      startReady();
      changed();
    },
    undeleted(event) {
      unconfirmed -= 1;
      keep("held", event);
      changed();
    },
  };
}

/** Only then can it have failed for too long. */
function wasTried(delivery: Delivery): boolean {
  return delivery.outcome === "failed" && delivery.wasSent;
}

/** What the target's bucket had to say; `undefined` if it was not asked. */
function answerOf(delivery: Delivery): "succeeded" | "failed" | undefined {
  switch (delivery.outcome) {
    case "failed":
      return delivery.wasSent ? "failed" : undefined;
    case "unseen":
      return "failed";
    case "untried":
    case "backing-off":
      return undefined;
    default:
      return "succeeded";
  }
}
