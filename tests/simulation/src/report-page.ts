import { readFile, writeFile } from "node:fs/promises";
import type { CliOptions } from "./cli-options.js";
import { type PlantedResult, tableLine } from "./planted/find-planted.js";
import { summary } from "./run-many.js";
import type { Outcome } from "./run-seeds.js";

/** The last section, which is written by hand and stays. */
const BY_HAND = "\n## On real servers\n";

export async function writeReport(
  file: string,
  outcome: Outcome,
  planted: readonly PlantedResult[],
  options: CliOptions,
): Promise<void> {
  const before = await readFile(file, "utf8").catch(() => "");
  const kept = before.includes(BY_HAND) ? before.slice(before.indexOf(BY_HAND)) : "";
  await writeFile(file, reportPage(outcome, planted, options) + kept);
}

function reportPage(
  outcome: Outcome,
  planted: readonly PlantedResult[],
  { runs, seed }: CliOptions,
): string {
  const faults = Object.entries(outcome.faults).sort(([left], [right]) => (left < right ? -1 : 1));
  const violations = outcome.violations.map(
    ({ seed: at, promise, why }) => `- Seed ${at}: ${promise} ${why}`,
  );
  return `# How reliable keywhen is

Made by \`npm run simulate -- --runs ${runs}${seed === 1 ? "" : ` --seed ${seed}`}${planted.length > 0 ? " --planted" : ""} --report docs/reliability.md\`, without the last section; don't edit the rest.

keywhen's own code runs over a simulated store in simulated time. Each run is a separate world, drawn from its
seed: a kind of store, schedulers, several sweepers, consumers, 3 to 15 events, clocks that differ, and faults at
every request. Then all is healed, the schedule must empty, and every promise is checked against what truly
happened. The same seed gives the same world, to the last request.

**${summary(outcome)}**

## Faults injected

| fault | times |
|---|---|
${faults.map(([kind, times]) => `| ${kind} | ${times.toLocaleString("en-US")} |`).join("\n")}

## Violations

${violations.length === 0 ? "None." : violations.join("\n")}
${planted.length === 0 ? "" : plantedSection(planted)}`;
}

function plantedSection(planted: readonly PlantedResult[]): string {
  return `
## Would it find a mistake?

Each of these small changes was made to the core, and worlds were run until one broke a promise.

| planted fault | found at | promise broken |
|---|---|---|
${planted.map(tableLine).join("\n")}
`;
}
