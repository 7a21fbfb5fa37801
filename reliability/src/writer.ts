import { setTimeout as sleep } from "node:timers/promises";
import { createScheduler, type Duration, type EventId, type Scheduler } from "@keywhen/core";
import { isStoreError } from "@keywhen/core/store";
import { bodyOf, type EventRecord, targetKey } from "./ledger.js";
import { SCHEDULE, TARGET } from "./store-place.js";
import type { TestBed } from "./test-bed.js";

export interface WriterOptions {
  readonly roots: readonly string[];
  /** About so many events are always on their way. */
  readonly backlog: number;
  /** It ends by itself when it has scheduled so many. @default without end */
  readonly most?: number | undefined;
}

export interface Writer {
  /** Resolves when all events are scheduled. */
  readonly ended: Promise<void>;
  /** Resolves when nothing is under way any more. */
  readonly stop: () => Promise<void>;
}

/** Goes on scheduling events for now and soon, as fast as they are delivered. */
export function startWriter(
  bed: TestBed,
  { roots, backlog, most = Number.POSITIVE_INFINITY }: WriterOptions,
): Writer {
  let isStopped = false;
  const schedulers = roots.map((root) => ({ root, scheduler: schedulerOf(bed, root) }));
  const write = async () => {
    while (!isStopped && bed.ledger.events.length < most) {
      const missing = backlog - bed.ledger.outstanding();
      const batch = Array.from({ length: Math.min(32, Math.max(0, missing)) }, (_, index) => index);
      await Promise.all(
        batch.map((index) => {
          const { root, scheduler } = schedulers[index % schedulers.length] ?? failToChoose();
          return scheduleOne(scheduler, bed.ledger.add(root));
        }),
      );
      await sleep(batch.length > 0 ? 0 : 10);
    }
  };
  const ended = write();
  ended.catch(() => {}); // told by stop()
  return {
    ended,
    stop: async () => {
      isStopped = true;
      await ended;
    },
  };
}

export function schedulerOf({ store }: Pick<TestBed, "store">, root: string): Scheduler {
  return createScheduler({ store, bucket: SCHEDULE, root });
}

/** Schedules an event and writes down the answer. Every third is due in half a second, the others at once. */
export async function scheduleOne(scheduler: Scheduler, record: EventRecord): Promise<void> {
  await scheduleIn(scheduler, record, { in: record.number % 3 === 0 ? "500ms" : "0ms" });
}

/** Schedules an event and writes down the answer; its id if there is one. */
export async function scheduleIn(
  scheduler: Scheduler,
  record: EventRecord,
  when: { readonly in: Duration; readonly deliveryId?: string },
): Promise<EventId | undefined> {
  try {
    const to = { bucket: TARGET, key: targetKey(record) };
    const { outcome, deliveryId, id } = await scheduler.schedule({
      ...when,
      to,
      body: bodyOf(record),
    });
    record.deliveryId = deliveryId;
    const isCertain = outcome === "scheduled" || outcome === "exists";
    record.scheduled = isCertain ? "scheduled" : outcome;
    return id;
  } catch (error) {
    if (!isStoreError(error)) throw error;
    record.scheduled = "failed";
    return undefined;
  }
}

function failToChoose(): never {
  throw new Error("there are no roots to write to");
}
