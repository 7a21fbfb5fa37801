import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { startRedis } from "./servers.mjs";

const QUEUE = "bench";
const CONCURRENCY = 100;

export const settings = `concurrency ${CONCURRENCY}, Redis with appendonly (every second) and noeviction`;

export const start = startRedis;

export async function openScheduler(url) {
  const connection = new Redis(url);
  const queue = new Queue(QUEUE, { connection });
  await queue.waitUntilReady();
  return {
    schedule: (id, atMs, body) =>
      queue.add(
        "job",
        { id, atMs, body },
        { delay: Math.max(1, atMs - Date.now()), removeOnComplete: true },
      ),
    async close() {
      await queue.close();
      connection.disconnect();
    },
  };
}

export async function work(url, onJob) {
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  const handle = async ({ data }) => onJob(data.id, data.atMs);
  const worker = new Worker(QUEUE, handle, { connection, concurrency: CONCURRENCY });
  await worker.waitUntilReady();
  return async () => {
    await worker.close();
    connection.disconnect();
  };
}
