import { setTimeout as sleep } from "node:timers/promises";
import { createScheduler, type Scheduler } from "@keywhen/core";
import { isStoreError } from "@keywhen/core/store";
import { bodyOf, type EventRecord, targetKey } from "./ledger.js";
import { SCHEDULE, TARGET } from "./store-place.js";
import type { TestBed } from "./test-bed.js";

export interface Writer {
  /** Resolves when nothing is under way any more. */
  readonly stop: () => Promise<void>;
}

/** Goes on scheduling events for now and soon, so that about `backlog` of them are always on their way. */
export function startWriter(
  bed: TestBed,
  { roots, backlog }: { readonly roots: readonly string[]; readonly backlog: number },
): Writer {
  let isStopped = false;
  const schedulers = roots.map((root) => ({ root, scheduler: schedulerOf(bed, root) }));
  const write = async () => {
    while (!isStopped) {
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
  try {
    const { outcome, deliveryId } = await scheduler.schedule({
      in: record.number % 3 === 0 ? "500ms" : "0ms",
      to: { bucket: TARGET, key: targetKey(record) },
      body: bodyOf(record),
    });
    record.deliveryId = deliveryId;
    record.scheduled = outcome === "scheduled" ? "scheduled" : "undecided";
  } catch (error) {
    if (!isStoreError(error)) throw error;
    record.scheduled = "failed";
  }
}

function failToChoose(): never {
  throw new Error("there are no roots to write to");
}
