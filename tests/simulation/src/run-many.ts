import type { CliOptions } from "./cli-options.js";
import type { FaultCounts } from "./faults.js";
import type { Pool } from "./pool.js";
import { NOTHING_RUN, type Outcome, sumOf } from "./run-seeds.js";
import type { Job } from "./worker.js";

const SEEDS_PER_JOB = 25;

/** Runs worlds to the first broken promise, and shows progress on a terminal. */
export async function runMany(pool: Pool, options: CliOptions): Promise<Outcome> {
  let total = NOTHING_RUN;
  await pool.run(jobsFor(options), (outcome) => {
    total = sumOf(total, outcome);
    showProgress(total, options.runs);
    return total.violations.length > 0 ? "stop" : "go on";
  });
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  return total;
}

function* jobsFor({ seed, runs, profile, core }: CliOptions): Generator<Job> {
  for (let from = seed; from < seed + runs; from += SEEDS_PER_JOB) {
    const count = Math.min(SEEDS_PER_JOB, seed + runs - from);
    yield { from, count, profile, coreUrl: core };
  }
}

function showProgress({ runs, violations }: Outcome, all: number): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r${runs} of ${all} runs, ${violations.length} violations\u001b[K`);
}

export function summary({ runs, delivered, requests, faults, violations }: Outcome): string {
  const count = (value: number) => value.toLocaleString("en-US");
  return `${count(runs)} runs, ${count(delivered)} deliveries, ${count(requests)} requests, ${count(
    faultTotal(faults),
  )} faults injected, ${violations.length} violations`;
}

function faultTotal(faults: FaultCounts): number {
  return Object.values(faults).reduce((sum, count) => sum + count, 0);
}
