import { setTimeout as sleep } from "node:timers/promises";
import type { ObjectStore } from "@keywhen/core/store";
import type { Ledger, TargetRecord } from "./ledger.js";
import { type StorePlace, TARGET } from "./store-place.js";

/** A store with a schedule and a target, and an observer outside that sees each copy arrive. */
export interface TestBed extends AsyncDisposable {
  readonly name: "Ceph" | "files";
  readonly place: StorePlace;
  readonly store: ObjectStore;
  readonly ledger: Ledger;
  /** Resolves when everything that arrived so far has been looked at. */
  readonly lookedAt: () => Promise<void>;
}

export interface TestBedOptions {
  /** Whose copies are taken away once they have been looked at, as consumers do. @default everyone's */
  readonly isConsumed?: ((record: TargetRecord) => boolean) | undefined;
}

/** Reads the copy at a target, notes what it carries, and takes it away. */
export async function consume(
  store: ObjectStore,
  record: TargetRecord,
  { isConsumed = () => true }: TestBedOptions,
): Promise<void> {
  await patiently(() => lookAt(store, record));
  if (isConsumed(record)) await patiently(() => takeAway(store, record.key));
}

/** Whether there is a copy at the target; notes what it carries. */
export async function lookAt(store: ObjectStore, record: TargetRecord): Promise<boolean> {
  const found = await store.get({ bucket: TARGET, key: record.key });
  if (found === undefined) return false; // taken away with an earlier copy
  record.note({ body: await new Response(found.body).text(), metadata: found.metadata });
  return true;
}

async function takeAway(store: ObjectStore, key: string): Promise<void> {
  const [result] = await store.delete(TARGET, [key]);
  if (result?.outcome !== "gone") throw result?.error ?? new Error(`${key} was not deleted`);
}

const TRIES = 40;

/** Servers go down here, and Ceph refuses a delete that meets another write of the same key. */
async function patiently(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await work();
      return;
    } catch (error) {
      if (tries === TRIES) throw error;
      await sleep(250);
    }
  }
}

/** Runs tasks, some at a time; keeps the first error for `idle()`. */
export function createTaskQueue(concurrency: number) {
  const waiting: (() => Promise<void>)[] = [];
  let running = 0;
  let failure: { readonly error: unknown } | undefined;
  let waiters: (() => void)[] = [];
  const startNext = () => {
    while (running < concurrency) {
      const task = waiting.shift();
      if (task === undefined) break;
      running += 1;
      task()
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => {
          running -= 1;
          startNext();
        });
    }
    if (running > 0) return;
    for (const wake of waiters) wake();
    waiters = [];
  };
  return {
    add(task: () => Promise<void>) {
      waiting.push(task);
      startNext();
    },
    async idle() {
      if (running > 0) {
        await new Promise<void>((resolve) => {
          waiters.push(resolve);
        });
      }
      if (failure !== undefined) throw failure.error;
    },
  };
}
