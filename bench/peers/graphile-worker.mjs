import { Logger, makeWorkerUtils, run } from "graphile-worker";
import { startPostgres } from "./servers.mjs";

const TASK = "bench";
const CONCURRENCY = 32;
const logger = new Logger(() => () => {});

export const settings = `${CONCURRENCY} jobs in flight, polling each 0.5 s (default 2 s), local queue of ${CONCURRENCY + 1}, completions batched`;

export const start = startPostgres;

export async function openScheduler(url) {
  const utils = await makeWorkerUtils({ connectionString: url, logger });
  await utils.migrate();
  return {
    schedule: (id, atMs, body) => utils.addJob(TASK, { id, atMs, body }, { runAt: new Date(atMs) }),
    close: () => utils.release(),
  };
}

export async function work(url, onJob) {
  const runner = await run({
    connectionString: url,
    taskList: { [TASK]: ({ id, atMs }) => onJob(id, atMs) },
    noHandleSignals: true,
    logger,
    preset: {
      worker: {
        concurrentJobs: CONCURRENCY,
        maxPoolSize: CONCURRENCY + 2,
        pollInterval: 500,
        localQueue: { size: CONCURRENCY + 1 },
        completeJobBatchDelay: 0,
      },
    },
  });
  return () => runner.stop();
}
