// What is installed next to core, on one schedule: migrates an old event, stores a recurring schedule, examines the store, delivers
// both, and reads a delivery.
import { deliveryAt } from "@keywhen/consumer";
import { createSweeper } from "@keywhen/core";
import { manualClock, memoryStore } from "@keywhen/core/testing";
import { examineStore } from "@keywhen/doctor";
import { createSchedules, recurringWakeUps } from "@keywhen/recurring";
import { migrate } from "@keywhen/s3-scheduler";

const clock = manualClock("2026-12-24T08:00Z");
const home = { store: memoryStore({ clock }), bucket: "schedule", clock };
const key = "scheduled/|2026-12-24%2007%3A59%3A00%2B00%3A00|inbox|hello.txt";
await home.store.put({ bucket: "schedule", key }, new TextEncoder().encode("hello"));
const { migrated } = await migrate({ ...home, from: "scheduled" });
const to = { bucket: "inbox", key: "hourly.txt" };
await createSchedules(home).put("hourly", { every: "1h", to, body: "again" });
const failed = [];
for await (const { name, status } of examineStore({ ...home, probe: true })) {
  if (status === "fail") failed.push(name);
}
clock.set("2026-12-24T09:00:05Z");
const options = { ...home, allowTargets: ["inbox/*"], wakeUps: recurringWakeUps() };
const { delivered } = await createSweeper(options).sweep();
const delivery = await deliveryAt({ bucket: "inbox", key: "hello.txt" }, { store: home.store });
const body = await delivery?.text();
console.log(JSON.stringify({ migrated, failed, delivered, body, at: delivery?.at }));
