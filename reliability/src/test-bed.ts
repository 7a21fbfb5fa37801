import { setTimeout as sleep } from "node:timers/promises";
import type { ObjectStore } from "@keywhen/core/store";
import { bodyOf, type EventRecord, type Ledger, targetKey } from "./ledger.js";
import { type StorePlace, TARGET } from "./store-place.js";

/** A store with a schedule and a target, and somebody outside who sees each copy arrive. */
export interface TestBed extends AsyncDisposable {
  readonly name: "Ceph" | "files";
  readonly place: StorePlace;
  readonly store: ObjectStore;
  readonly ledger: Ledger;
  /** Resolves when everything that arrived so far has been looked at. */
  readonly lookedAt: () => Promise<void>;
}

export interface TestBedOptions {
  /** Whether each copy is taken away once it has been looked at, as consumers do. @default true */
  readonly isConsumed?: boolean | undefined;
}

/** Reads the copy at an event's target, compares it with what was scheduled, and takes it away. */
export async function consume(
  store: ObjectStore,
  record: EventRecord,
  { isConsumed = true }: TestBedOptions,
): Promise<void> {
  const key = targetKey(record);
  const found = await store.get({ bucket: TARGET, key });
  if (found === undefined) return; // taken away with an earlier copy
  record.seenIds.add(found.metadata["keywhen-id"]);
  if ((await new Response(found.body).text()) !== bodyOf(record)) record.isDamaged = true;
  if (!isConsumed) return;
  await takeAway(store, key);
}

const TRIES = 5;

/** Ceph refuses a delete that meets another write of the same key. */
async function takeAway(store: ObjectStore, key: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    const [result] = await store.delete(TARGET, [key]);
    if (result?.outcome === "gone") return;
    if (tries === TRIES) throw result?.error ?? new Error(`no answer to the delete of ${key}`);
    await sleep(50);
  }
}

/** Runs tasks, some at a time; keeps the first error for `idle()`. */
export function createTaskQueue(concurrency: number) {
  const waiting: (() => Promise<void>)[] = [];
  let running = 0;
  let failure: { readonly error: unknown } | undefined;
  let wake = () => {};
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
    if (running === 0) wake();
  };
  return {
    add(task: () => Promise<void>) {
      waiting.push(task);
      startNext();
    },
    async idle() {
      if (running > 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (failure !== undefined) throw failure.error;
    },
  };
}
