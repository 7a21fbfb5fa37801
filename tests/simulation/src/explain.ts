import type { CoreUnderTest } from "./core-under-test.js";
import { makePlan } from "./make-plan.js";
import type { Plan } from "./plan.js";
import type { ProfileName } from "./profiles.js";
import type { FoundViolation } from "./run-seeds.js";
import { runWorld } from "./run-world.js";
import { shrink } from "./shrink.js";

/** Says which promise a seed breaks, how to see it again, and what of its world it takes. */
export async function explain(
  { seed, ...violation }: FoundViolation,
  profile: ProfileName | undefined,
  core: CoreUnderTest,
): Promise<string> {
  const replay = `npm run simulate -- --seed ${seed} --runs 1 --trace${profile ? ` --profile ${profile}` : ""}`;
  const small = await shrink(makePlan(seed, profile), violation, core);
  const { journal } = await runWorld(small.plan, core, { keepsJournal: true });
  const { key, why } = small.violation;
  const trace = journal?.lines(key) ?? [];
  return [
    `Seed ${seed} breaks a promise. ${violation.promise}`,
    `${violation.key ?? "The world"}: ${violation.why}`,
    `Replay: ${replay}`,
    `Shrunk: ${replay} --without ${[...small.plan.without].join(",")}`,
    describePlan(small.plan),
    `${key ?? "The world"}: ${why}`,
    ...trace.slice(-MOST_LINES),
  ].join("\n");
}

const MOST_LINES = 120;

function describePlan({
  profile,
  sweepers,
  events,
  schedules,
  names,
  writers,
  outages,
}: Plan): string {
  return [
    `  store: ${profile}`,
    ...writers.map(({ name, clock }) => `  ${name}: ${JSON.stringify(clock)}`),
    ...sweepers.map(({ name, style, clock }) => `  ${name}: ${style}, ${JSON.stringify(clock)}`),
    ...events.map(({ name, to, chosenId, steps }) => {
      const id = chosenId === undefined ? "" : `, chosen id ${chosenId}`;
      return `  ${name} to ${to.bucket}/${to.key}${id}: ${steps.map(({ kind }) => kind).join(", ")}`;
    }),
    ...schedules.map(({ name, steps }) => `  ${name}: ${steps.map(({ kind }) => kind).join(", ")}`),
    ...names.map(({ name, steps }) => `  ${name}: ${steps.map(({ kind }) => kind).join(", ")}`),
    ...outages.map((outage) => `  outage: ${JSON.stringify(outage)}`),
  ].join("\n");
}
