import { type CliOptions, readOptions, USAGE } from "./cli-options.js";
import { loadCore } from "./core-under-test.js";
import { makeDigestDeterministic } from "./deterministic-hash.js";
import { explain } from "./explain.js";
import { without } from "./leave-out.js";
import { makeAbortLight } from "./light-abort.js";
import { makePlan } from "./make-plan.js";
import { findPlanted } from "./planted/find-planted.js";
import { ENDLESS, openPool } from "./pool.js";
import { writeReport } from "./report-page.js";
import { runMany, summary } from "./run-many.js";
import type { FoundViolation } from "./run-seeds.js";
import { runWorld } from "./run-world.js";
import { makeZoneDataChangeable } from "./zone-data.js";

const say = (text: string) => process.stdout.write(`${text}\n`);

async function main(options: CliOptions): Promise<boolean> {
  makeDigestDeterministic();
  makeAbortLight();
  makeZoneDataChangeable();
  if (options.runs === 1 && !options.planted) return runOne(options);
  await using pool = openPool();
  const outcome = await runMany(pool, options);
  const [first] = outcome.violations;
  if (first !== undefined) say(await explained(first, options));
  const planted = options.planted ? await findPlanted(pool, options.only, say) : [];
  if (options.report !== undefined) {
    await writeReport(options.report, outcome, planted, options);
  }
  say(summary(outcome));
  return first === undefined && planted.every(({ found }) => found !== undefined);
}

async function explained(first: FoundViolation, { profile, core }: CliOptions): Promise<string> {
  if (first.promise === ENDLESS) return `${first.promise} ${first.why}`;
  return explain(first, profile, await loadCore(core));
}

async function runOne(options: CliOptions): Promise<boolean> {
  const plan = without(makePlan(options.seed, options.profile), new Set(options.without));
  const { violation, journal } = await runWorld(plan, await loadCore(options.core), {
    keepsJournal: true,
  });
  if (options.trace) say(journal?.lines().join("\n") ?? "");
  say(
    violation === undefined
      ? `Seed ${options.seed} (${plan.profile}): no promise broken.`
      : `Seed ${options.seed} (${plan.profile}): ${violation.promise}\n${violation.key ?? ""}: ${violation.why}`,
  );
  return violation === undefined;
}

try {
  process.exitCode = (await main(readOptions(process.argv.slice(2)))) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 2;
}
