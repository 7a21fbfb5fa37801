import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Outcome } from "./run-seeds.js";
import type { Job } from "./worker.js";

/** Worker threads that run worlds. */
export interface Pool extends AsyncDisposable {
  /** Runs jobs as threads come free and hands each result to `done`, until that says to stop. */
  run(jobs: Iterable<Job>, done: (outcome: Outcome, job: Job) => "go on" | "stop"): Promise<void>;
}

const THREADS = 2;

export function openPool(): Pool {
  const workers = Array.from(
    { length: THREADS },
    () => new Worker(new URL("./worker.js", import.meta.url)),
  );
  return {
    async run(jobs, done) {
      const queue = jobs[Symbol.iterator]();
      let isStopped = false;
      const serve = async (worker: Worker) => {
        for (let job = queue.next(); !job.done && !isStopped; job = queue.next()) {
          worker.postMessage(job.value);
          const [outcome]: Outcome[] = await once(worker, "message");
          if (outcome !== undefined && done(outcome, job.value) === "stop") isStopped = true;
        }
      };
      await Promise.all(workers.map(serve));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
