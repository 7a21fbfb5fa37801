import type { StoreErrorCode } from "../errors.js";
import type { SweptReport } from "../report/sweep-report.js";
import { memoryStore } from "../store/memory-store.js";
import type { ObjectStore, StoreCapabilities } from "../store/object-store.js";
import { ObjectStoreError, type RequestKind } from "../store/object-store-error.js";
import { createSweeper, type SweeperOptions, type SweepOptions } from "../sweep/create-sweeper.js";
import { type ManualClock, manualClock } from "../testing/manual-clock.js";

export const NOON = "2026-12-24T12:00:00.000Z";

export interface TestSchedule {
  readonly clock: ManualClock;
  readonly store: ObjectStore;
  readonly bucket: "schedule";
}

/** A schedule in memory, at noon on a clock that stands still; differing clocks, so that the guard is 4 s. */
export function testSchedule(
  options: { clock?: StoreCapabilities["clock"]; move?: boolean } = {},
): TestSchedule {
  const clock = manualClock(NOON);
  const capabilities = { clock: options.clock ?? "store" };
  const store = memoryStore({ clock, move: options.move, capabilities });
  return { clock, store, bucket: "schedule" };
}

/** A sweeper that finds the lease free. */
export function sweeperOf(home: TestSchedule, options: Partial<SweeperOptions> = {}) {
  const sweeper = createSweeper({ ...home, allowTargets: ["*"], ...options });
  return {
    async sweep(call?: SweepOptions): Promise<SweptReport> {
      const report = await sweeper.sweep(call);
      if (report.outcome === "swept") return report;
      throw new Error(`the lease is held by ${report.by}`);
    },
  };
}

/** All keys of a bucket, in order. */
export async function keysOf(store: ObjectStore, bucket: string): Promise<string[]> {
  const { objects } = await store.list({ bucket });
  return objects.map(({ key }) => key);
}

/** The ids of the events that wait, in order. */
export async function waitingIn(store: ObjectStore): Promise<string[]> {
  const prefix = "keywhen/pending/";
  const { objects } = await store.list({ bucket: "schedule", prefix });
  return objects.map(({ key }) => key.slice(prefix.length));
}

/** The body of an object as text; undefined if it is missing. */
export async function textOf(
  store: ObjectStore,
  bucket: string,
  key: string,
): Promise<string | undefined> {
  const opened = await store.get({ bucket, key });
  return opened && new Response(opened.body).text();
}

/** Writes an event as another client would: a key in three parts, or whatever key is given. */
export async function writeByHand(store: ObjectStore, id: string, body = id): Promise<void> {
  const key = `keywhen/pending/${id}`;
  await store.put({ bucket: "schedule", key }, new TextEncoder().encode(body));
}

/** An event for bucket `out`: with one that is allowed, those that are refused become dead letters. */
export async function writeAllowed(store: ObjectStore, key = "allowed"): Promise<void> {
  await writeByHand(store, `2020-01-01T00:00:00.000Z|out|${key}|id`);
}

export function storeError(
  code: StoreErrorCode,
  operation: RequestKind,
  details: { undecided?: boolean } = {},
): ObjectStoreError {
  return new ObjectStoreError({
    code,
    operation,
    bucket: "b",
    message: `made-up ${code}`,
    ...details,
  });
}

/** Fails the first `times` requests of a kind. */
export function failFirst(kind: RequestKind, times: number, error: Error) {
  let left = times;
  return (request: { kind: RequestKind }) => {
    if (request.kind !== kind || left === 0) return undefined;
    left -= 1;
    return error;
  };
}
