import { setTimeout as sleep } from "node:timers/promises";
import {
  createScheduler,
  type EventId,
  ScheduleError,
  type Scheduler,
  type When,
} from "@keywhen/core";
import { isStoreError } from "@keywhen/core/store";
import { bodyOf, type EventRecord } from "./ledger.js";
import { SCHEDULE, TARGET } from "./store-place.js";
import type { TestBed } from "./test-bed.js";

export interface WriterOptions {
  readonly root: string;
  /** About so many events are always on their way. */
  readonly backlog: number;
  /** Puts under way: a store that is given more than it can do in time does nothing in time. @default 32 */
  readonly atOnce?: number | undefined;
  /** It ends by itself when it has scheduled so many. @default without end */
  readonly most?: number | undefined;
  /** Into how many shards it puts its events. @default none */
  readonly shards?: number | undefined;
}

export interface Writer {
  /** Resolves when all events are scheduled. */
  readonly ended: Promise<void>;
  /** Resolves when nothing is under way any more. */
  readonly stop: () => Promise<void>;
}

/** Schedules events for now and soon, at the speed of their delivery. */
export function startWriter(
  bed: TestBed,
  { root, backlog, atOnce = 32, most = Number.POSITIVE_INFINITY, shards }: WriterOptions,
): Writer {
  let isStopped = false;
  const scheduler = schedulerOf(bed, root, shards);
  let count = 0;
  const write = async () => {
    while (!isStopped && count < most) {
      const missing = Math.min(most - count, backlog - bed.ledger.outstanding(root));
      const length = Math.min(atOnce, Math.max(0, missing));
      const batch = Array.from({ length }, () => bed.ledger.add(root));
      count += batch.length;
      await Promise.all(batch.map((record) => scheduleOne(scheduler, record)));
      const isAllWell = batch.every(({ scheduled }) => scheduled === "scheduled");
      await sleep(isAllWell ? PAUSE_MS : WHEN_DOWN_MS);
    }
  };
  const ended = write();
  ended.catch(() => {}); // stop() throws it
  return {
    ended,
    stop: async () => {
      isStopped = true;
      await ended;
    },
  };
}

const PAUSE_MS = 50;
const WHEN_DOWN_MS = 1_000;

export function schedulerOf(
  { store }: Pick<TestBed, "store">,
  root: string,
  shards?: number | undefined,
): Scheduler {
  return createScheduler({ store, bucket: SCHEDULE, root, shards });
}

/** Schedules an event and records the answer. Every third is due in half a second, the others now. */
async function scheduleOne(scheduler: Scheduler, record: EventRecord): Promise<void> {
  await scheduleIn(scheduler, record, { in: record.number % 3 === 0 ? "500ms" : "0ms" });
}

/** Schedules an event and records the answer. Returns its id if it is known. */
export async function scheduleIn(
  scheduler: Scheduler,
  record: EventRecord,
  when: When & { readonly deliveryId?: string },
): Promise<EventId | undefined> {
  try {
    const to = { bucket: TARGET, key: record.key };
    const { deliveryId, id } = await scheduler.schedule({ ...when, to, body: bodyOf(record) });
    record.deliveryId = deliveryId;
    record.scheduled = "scheduled";
    return id;
  } catch (error) {
    if (error instanceof ScheduleError && error.code !== "clock-skew") {
      record.deliveryId = error.deliveryId;
      record.scheduled = error.code;
      return error.id;
    }
    if (!isStoreError(error)) throw error;
    record.scheduled = "failed";
    return undefined;
  }
}
