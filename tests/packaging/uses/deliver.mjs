// A first program: schedules an event on a folder, sweeps, and reads what has arrived.
import { readFile } from "node:fs/promises";
import { fsStore } from "@keywhen/adapter-fs";
import { createScheduler, createSweeper } from "@keywhen/core";

const home = { store: fsStore({ folder: "data", createBuckets: true }), bucket: "schedule" };
await createScheduler(home).schedule({
  at: "2026-01-01T00:00Z",
  to: { bucket: "inbox", key: "hello.txt" },
  body: "hello",
});
const { delivered } = await createSweeper({ ...home, allowTargets: ["inbox/*"] }).sweep();
const body = await readFile("data/inbox/hello.txt", "utf8");
console.log(JSON.stringify({ delivered, body }));
