import { createScheduler, type Scheduler } from "../scheduler/create-scheduler.js";
import type { NewEvent } from "../scheduler/new-event.js";
import type { ObjectStore } from "../store/object-store.js";
import type { RequestKind } from "../store/object-store-error.js";
import { type Faults, faultyStore } from "../testing/faulty-store.js";
import { type TestSchedule, testSchedule } from "./test-schedule.js";

/** The target of the event, and when it closes: 4 s before it is due. */
export const to = { bucket: "out", key: "k" };
export const CLOSES = "2026-12-24T12:59:56.000Z";

/** A schedule with one event, due at 13:00. */
export async function scheduleWithEvent(event: Partial<NewEvent> = {}, schedule = testSchedule()) {
  const scheduled = { in: "1h", to, ...event } as NewEvent;
  const { id, deliveryId } = await createScheduler(schedule).schedule(scheduled);
  return { schedule, id, deliveryId, key: `keywhen/pending/${id}` };
}

/** A scheduler whose store does these calls differently. */
export function schedulerWith(schedule: TestSchedule, calls: Partial<ObjectStore>): Scheduler {
  return createScheduler({ ...schedule, store: { ...schedule.store, ...calls } });
}

/** A scheduler whose store fails. */
export function schedulerOnFaulty(schedule: TestSchedule, faults: Faults): Scheduler {
  return createScheduler({ ...schedule, store: faultyStore(schedule.store, faults) });
}

/** As a fault: does something when a request of this kind is sent or answered, which then goes on. */
export function when(kind: RequestKind, act: () => unknown) {
  return (request: { readonly kind: RequestKind }): undefined => {
    if (request.kind === kind) act();
  };
}
