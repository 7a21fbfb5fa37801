import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Pool } from "../pool.js";
import type { FoundViolation } from "../run-seeds.js";
import type { Job } from "../worker.js";
import { bundleWithFault } from "./bundle.js";
import { PLANTED_FAULTS, type PlantedFault } from "./planted-faults.js";

export interface PlantedResult {
  readonly fault: PlantedFault;
  readonly seeds: number;
  readonly found: FoundViolation | undefined;
}

const MOST_SEEDS = 6_000;
const SEEDS_PER_JOB = 10;

/** Runs worlds on core with each fault until a promise breaks. */
export async function findPlanted(
  pool: Pool,
  only: string,
  say: (line: string) => void,
): Promise<PlantedResult[]> {
  const folder = await mkdtemp(join(tmpdir(), "keywhen-planted-"));
  try {
    const results: PlantedResult[] = [];
    const faults = PLANTED_FAULTS.filter(({ name }) => name.includes(only));
    for (const [index, fault] of faults.entries()) {
      const file = join(folder, `core-${index}.mjs`);
      await bundleWithFault(fault, file);
      const result = await search(pool, fault, pathToFileURL(file).href);
      results.push(result);
      say(tableLine(result));
    }
    return results;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function search(pool: Pool, fault: PlantedFault, coreUrl: string): Promise<PlantedResult> {
  let seeds = 0;
  let found: FoundViolation | undefined;
  await pool.run(jobsFor(fault, coreUrl), ({ runs, violations }) => {
    seeds += runs;
    found ??= violations[0];
    return found === undefined ? "go on" : "stop";
  });
  return { fault, seeds, found };
}

function* jobsFor({ from: first }: PlantedFault, coreUrl: string): Generator<Job> {
  for (let from = first; from < first + MOST_SEEDS; from += SEEDS_PER_JOB) {
    yield { from, count: SEEDS_PER_JOB, profile: undefined, coreUrl };
  }
}

export function tableLine({ fault, seeds, found }: PlantedResult): string {
  const after = found === undefined ? `NOT FOUND in ${seeds}` : `seed ${found.seed}`;
  return `| ${fault.name} | ${after} | ${found?.promise ?? ""} |`;
}
