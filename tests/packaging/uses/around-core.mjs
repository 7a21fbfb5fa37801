// What is installed next to core, on one schedule: migrates an old event, examines the store, delivers, and reads the delivery.
import { deliveryAt } from "@keywhen/consumer";
import { createSweeper } from "@keywhen/core";
import { manualClock, memoryStore } from "@keywhen/core/testing";
import { examineStore } from "@keywhen/doctor";
import { migrate } from "@keywhen/s3-scheduler";

const clock = manualClock("2026-12-24T08:00Z");
const home = { store: memoryStore({ clock }), bucket: "schedule", clock };
const key = "scheduled/|2026-12-24%2007%3A59%3A00%2B00%3A00|inbox|hello.txt";
await home.store.put({ bucket: "schedule", key }, new TextEncoder().encode("hello"));
const { migrated } = await migrate({ ...home, from: "scheduled" });
const failed = [];
for await (const { name, status } of examineStore({ ...home, probe: true })) {
  if (status === "fail") failed.push(name);
}
const { delivered } = await createSweeper({ ...home, allowTargets: ["inbox/*"] }).sweep();
const delivery = await deliveryAt({ bucket: "inbox", key: "hello.txt" }, { store: home.store });
const body = await delivery?.text();
console.log(JSON.stringify({ migrated, failed, delivered, body, at: delivery?.at }));
