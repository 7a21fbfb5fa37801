import { PgBoss } from "pg-boss";
import { startPostgres } from "./servers.mjs";

const QUEUE = "bench";
const WORK = { pollingIntervalSeconds: 0.5, batchSize: 100, burstWhenBatchFull: true };

export const settings =
  "polling each 0.5 s (its shortest; default 2 s), batches of 100, burst while batches are full";

export const start = startPostgres;

export async function openScheduler(url) {
  const boss = await started(url);
  await boss.createQueue(QUEUE);
  return {
    schedule: (id, atMs, body) =>
      boss.send(QUEUE, { id, atMs, body }, { startAfter: new Date(atMs) }),
    close: () => boss.stop(),
  };
}

export async function work(url, onJob) {
  const boss = await started(url);
  await boss.work(QUEUE, WORK, async (jobs) => {
    for (const { data } of jobs) onJob(data.id, data.atMs);
  });
  return () => boss.stop();
}

async function started(url) {
  const boss = new PgBoss({ connectionString: url });
  boss.on("error", (error) => {
    throw error;
  });
  await boss.start();
  return boss;
}
