import { createScheduler } from "../scheduler/create-scheduler.js";
import { createShards } from "../shards/create-shards.js";
import { keysOf, type TestSchedule, testSchedule } from "./test-schedule.js";

/** A home whose writers use so many shards by now. */
export async function shardedSchedule(shards: number, options = {}): Promise<TestSchedule> {
  const home = testSchedule(options);
  await createShards(home).setShards(shards);
  await home.clock.advance("20m");
  return home;
}

export async function scheduleNumbered(home: TestSchedule, count: number, shards: number | "map") {
  const scheduler = createScheduler({ ...home, shards });
  for (let index = 0; index < count; index++) {
    const deliveryId = `event-${index}`;
    const at = new Date(home.clock.now() + 60_000);
    await scheduler.schedule({ at, to: { bucket: "out", key: `${index}` }, deliveryId });
  }
}

export async function waiting(home: TestSchedule): Promise<string[]> {
  return (await keysOf(home.store, "schedule")).filter((key) => key.includes("/pending"));
}
