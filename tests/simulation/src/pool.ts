import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { NOTHING_RUN, type Outcome } from "./run-seeds.js";
import type { Job } from "./worker.js";

export interface Pool extends AsyncDisposable {
  /** Hands each result to `done`, until that says to stop. */
  run(jobs: Iterable<Job>, done: (outcome: Outcome, job: Job) => "go on" | "stop"): Promise<void>;
}

const THREADS = 2;
/** Many times what a world takes. */
const MOST_MEMORY_MB = 1_024;

export function openPool(): Pool {
  const workers = Array.from({ length: THREADS }, startWorker);
  return {
    async run(jobs, done) {
      const queue = jobs[Symbol.iterator]();
      let isStopped = false;
      const serve = async (index: number) => {
        for (let job = queue.next(); !job.done && !isStopped; job = queue.next()) {
          const outcome = await outcomeOf(workers, index, job.value);
          if (done(outcome, job.value) === "stop") isStopped = true;
        }
      };
      await Promise.all([...workers.keys()].map(serve));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

function startWorker(): Worker {
  return new Worker(new URL("./worker.js", import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
  });
}

/** An endless world ends when its thread runs out of memory; a new thread takes its place. */
async function outcomeOf(workers: Worker[], index: number, job: Job): Promise<Outcome> {
  const worker = workers[index] ?? startWorker();
  workers[index] = worker;
  worker.postMessage(job);
  try {
    const [outcome]: Outcome[] = await once(worker, "message");
    return outcome ?? NOTHING_RUN;
  } catch (error) {
    if (!isOutOfMemory(error)) throw error;
    workers[index] = startWorker();
    const why = `a world of the ${job.count} from seed ${job.from} on took more than ${MOST_MEMORY_MB} MB`;
    const violation = { seed: job.from, key: undefined, promise: ENDLESS, why };
    return { ...NOTHING_RUN, runs: job.count, violations: [violation] };
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}

/** Broken by a world that can't be run again to be explained. */
export const ENDLESS = "Memory and requests stay within their bounds: no world goes on for ever.";
