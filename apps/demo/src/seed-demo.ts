import type { NewEvent, Scheduler } from "@keywhen/core";
import type { Demo } from "./open-demo.js";

const BUCKET = "inbox";

/** Examples for a new store. */
const EVENTS: readonly NewEvent[] = [
  {
    in: "5s",
    to: { bucket: BUCKET, key: "hello.txt" },
    body: "Hello, five seconds later.\n",
    contentType: "text/plain; charset=utf-8",
  },
  {
    in: "20s",
    to: { bucket: BUCKET, key: "reminders/42.json" },
    json: { userId: 42, text: "stand up" },
  },
  {
    in: "1m",
    to: { bucket: BUCKET, key: "reminders/43.json" },
    json: { userId: 43, text: "have some water" },
  },
  { in: "10m", to: { bucket: BUCKET, key: "carts/1001/abandoned.json" }, json: { cart: 1001 } },
  {
    in: "1h",
    to: { bucket: BUCKET, key: "trials/acme/ends-tomorrow.json" },
    json: { account: "acme" },
  },
  {
    in: "1d",
    to: { bucket: "reports", key: "daily.json" },
    json: { report: "daily" },
    metadata: { kind: "report" },
  },
  {
    in: "7d",
    to: { bucket: "reports", key: "weekly.json" },
    json: { report: "weekly" },
    metadata: { kind: "report" },
  },
];

/** Adds examples to a store without events and dead letters. Returns true if it did. */
export async function seedDemo({ scheduler, deadLetters }: Demo): Promise<boolean> {
  if ((await hasAny(scheduler)) || (await hasAny(deadLetters))) return false;
  await scheduler.scheduleMany(EVENTS);
  return true;
}

async function hasAny(source: Pick<Scheduler, "list">): Promise<boolean> {
  for await (const _ of source.list({ limit: 1 })) return true;
  return false;
}
