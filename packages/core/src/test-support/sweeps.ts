import type { StoreErrorCode } from "../errors.js";
import type { SweepEvent } from "../report/sweep-event.js";
import { wrapStore } from "../requests/wrap-store.js";
import type { ObjectStore } from "../store/object-store.js";
import type { RequestKind } from "../store/object-store-error.js";
import { faultyStore } from "../testing/faulty-store.js";
import type { Duration } from "../time/duration.js";
import { storeError, type TestSchedule } from "./test-schedule.js";

/** A store whose requests of one kind fail. */
export function failing(store: ObjectStore, kind: RequestKind, code: StoreErrorCode): ObjectStore {
  return faultyStore(store, {
    before: (request) => (request.kind === kind ? storeError(code, kind) : undefined),
  });
}

/** The same schedule, whose requests of one kind take so long. */
export function slowed(schedule: TestSchedule, slow: RequestKind, ms: number): TestSchedule {
  const store = wrapStore(schedule.store, async ({ kind }, call, send) => {
    if (kind === slow) await schedule.clock.sleep(ms);
    return send(call);
  });
  return { ...schedule, store };
}

/** Collects what a sweep reports. */
export function observed() {
  const events: SweepEvent[] = [];
  const types: string[] = [];
  const observe = (event: SweepEvent) => {
    events.push(event);
    types.push(event.type);
  };
  return { events, types, observe };
}

/** Lets time pass while a sweep is in progress. */
export async function passing<T>(
  { clock }: TestSchedule,
  time: Duration,
  sweeping: Promise<T>,
): Promise<T> {
  await clock.advance(time);
  return sweeping;
}
