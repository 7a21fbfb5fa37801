import { expect } from "vitest";
import type { StoreErrorCode } from "../errors.js";
import { ReportFold } from "../report/report.js";
import type { Observer, SweepEvent } from "../report/sweep-event.js";
import type { SweptReport } from "../report/sweep-report.js";
import { createScheduler } from "../scheduler/create-scheduler.js";
import { createShards } from "../shards/create-shards.js";
import { memoryStore } from "../store/memory-store.js";
import type { ObjectStore, StoreCapabilities } from "../store/object-store.js";
import { ObjectStoreError, type RequestKind } from "../store/object-store-error.js";
import { createSweeper, type SweeperOptions, type SweepOptions } from "../sweep/create-sweeper.js";
import { recordingStore } from "../testing/faulty-store.js";
import { type ManualClock, manualClock } from "../testing/manual-clock.js";

export const NOON = "2026-12-24T12:00:00.000Z";

export interface TestSchedule {
  readonly clock: ManualClock;
  readonly store: ObjectStore;
  readonly bucket: "schedule";
}

/** A schedule in memory, at noon on a clock that does not move. Clocks differ, so the guard is 4 s. */
export function testSchedule(
  options: { clock?: StoreCapabilities["clock"]; move?: boolean } = {},
): TestSchedule {
  const clock = manualClock(NOON);
  const capabilities = { clock: options.clock ?? "store" };
  const store = memoryStore({ clock, move: options.move, capabilities });
  return { clock, store, bucket: "schedule" };
}

/**
 * A sweeper that finds the lease free. Also checks that each report of an unsharded schedule follows from the events that
 * were observed.
 */
export function sweeperOf(schedule: TestSchedule, options: Partial<SweeperOptions> = {}) {
  const observers = new Set<Observer>();
  let sweeps = 0;
  const observe = (event: SweepEvent) => {
    for (const observer of observers) observer(event);
    return options.observe?.(event);
  };
  const sweeper = createSweeper({ ...schedule, allowTargets: ["*"], ...options, observe });
  return {
    async sweep(call?: SweepOptions): Promise<SweptReport> {
      const fold = new ReportFold();
      let recomputed: SweptReport | undefined;
      const isFirst = observers.size === 0;
      const number = ++sweeps;
      const observer = (event: SweepEvent) => {
        fold.add(event);
        if (event.type !== "ended") return;
        const { type: _, ...end } = event;
        recomputed = fold.report(end);
      };
      observers.add(observer);
      const report = await sweeper.sweep(call).finally(() => observers.delete(observer));
      if (report.outcome !== "swept") throw new Error(`the lease is held by ${report.by}`);
      const { observerError: _, ...observed } = report;
      const isAlone = isFirst && number === sweeps;
      if (isAlone && report.shards === undefined) expect(recomputed).toEqual(observed);
      return report;
    },
  };
}

/** All keys of a bucket, in order. */
export async function keysOf(store: ObjectStore, bucket: string): Promise<string[]> {
  const { objects } = await store.list({ bucket });
  return objects.map(({ key }) => key);
}

/** The ids of the events in the schedule, in order. */
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

/** Writes an object to the schedule as another client would, with any id. */
export async function writeByHand(store: ObjectStore, id: string, body = id): Promise<void> {
  const key = `keywhen/pending/${id}`;
  await store.put({ bucket: "schedule", key }, new TextEncoder().encode(body));
}

/** Writes an event for bucket `out`. If one target is allowed, events of refused ones become dead letters. */
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

/** A schedule that contains these events. */
export async function scheduleWith(
  ids: readonly string[],
  options: Parameters<typeof testSchedule>[0] = {},
) {
  const schedule = testSchedule(options);
  for (const id of ids) await writeByHand(schedule.store, id);
  return schedule;
}

/** Records requests in the order they are sent, like "copy out/k". */
export function record(store: Parameters<typeof recordingStore>[0]) {
  const sent: string[] = [];
  return {
    sent,
    store: recordingStore(store, ({ kind, bucket, key }) => sent.push(`${kind} ${bucket}/${key}`)),
  };
}

/** Ids of `count` events, each with another target. */
export const numbered = (count: number, at = "2026-12-24T11:59:00.000Z") =>
  Array.from({ length: count }, (_, index) => `${at}|out|${String(index).padStart(5, "0")}`);

/** A schedule whose writers already use this number of shards. */
export async function shardedSchedule(shards: number, options = {}): Promise<TestSchedule> {
  const schedule = testSchedule(options);
  await createShards(schedule).setShards(shards);
  await schedule.clock.advance("20m");
  return schedule;
}

export async function scheduleNumbered(
  schedule: TestSchedule,
  count: number,
  shards: number | "map",
) {
  const scheduler = createScheduler({ ...schedule, shards });
  for (let index = 0; index < count; index++) {
    const deliveryId = `event-${index}`;
    const at = new Date(schedule.clock.now() + 60_000);
    await scheduler.schedule({ at, to: { bucket: "out", key: `${index}` }, deliveryId });
  }
}

export async function waiting(schedule: TestSchedule): Promise<string[]> {
  return (await keysOf(schedule.store, "schedule")).filter((key) => key.includes("/pending"));
}

/** Records what is delivered, and when. */
export function watch(schedule: TestSchedule) {
  const delivered: string[] = [];
  const observe = (event: SweepEvent) => {
    if (event.type !== "delivered") return;
    const now = new Date(schedule.clock.now()).toISOString().slice(11, 23);
    delivered.push(`${now} ${event.to.key} +${event.latenessMs}`);
  };
  return { delivered, observe };
}
