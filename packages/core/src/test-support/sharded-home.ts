import { createScheduler } from "../scheduler/create-scheduler.js";
import { createShards } from "../shards/create-shards.js";
import { keysOf, type TestHome, testHome } from "./test-home.js";

/** A home whose writers use so many shards by now. */
export async function shardedHome(shards: number, options = {}): Promise<TestHome> {
  const home = testHome(options);
  await createShards(home).setShards(shards);
  await home.clock.advance("20m");
  return home;
}

export async function scheduleNumbered(home: TestHome, count: number, shards: number | "map") {
  const scheduler = createScheduler({ ...home, shards });
  for (let index = 0; index < count; index++) {
    const deliveryId = `event-${index}`;
    const at = new Date(home.clock.now() + 60_000);
    await scheduler.schedule({ at, to: { bucket: "out", key: `${index}` }, deliveryId });
  }
}

export async function waiting(home: TestHome): Promise<string[]> {
  return (await keysOf(home.store, "schedule")).filter((key) => key.includes("/pending"));
}
