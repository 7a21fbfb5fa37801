// The same in TypeScript, without the types of Node.
import { fsStore } from "@keywhen/adapter-fs";
import {
  createScheduler,
  createSweeper,
  type ScheduledEvent,
  type ScheduleLocation,
  type SweepReport,
} from "@keywhen/core";
import type { ObjectStore } from "@keywhen/core/store";

const store: ObjectStore = fsStore({ folder: "typed-data", createBuckets: true });
const home: ScheduleLocation = { store, bucket: "schedule" };
const scheduler = createScheduler(home);
const to = { bucket: "inbox", key: "hello.txt" };
const { id } = await scheduler.schedule({ at: new Date("2026-01-01T00:00Z"), to, body: "hello" });
const waiting: ScheduledEvent[] = [];
for await (const event of scheduler.list()) waiting.push(event);
const report: SweepReport = await createSweeper({ ...home, allowTargets: ["inbox/*"] }).sweep();
const arrived = await store.get(to);
const result = {
  waited: waiting.map((event) => event.id === id),
  delivered: report.outcome === "swept" ? report.delivered : 0,
  body: await new Response(arrived?.body).text(),
};
console.log(JSON.stringify(result));
