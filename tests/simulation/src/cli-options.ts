import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { PROFILE_NAMES, type ProfileName } from "./profiles.js";

export interface CliOptions {
  readonly runs: number;
  readonly seed: number;
  readonly profile: ProfileName | undefined;
  readonly trace: boolean;
  readonly without: readonly string[];
  readonly planted: boolean;
  readonly only: string;
  readonly core: string | undefined;
  readonly report: string | undefined;
}

export const USAGE = `Usage: npm run simulate -- [options]

  --runs N          worlds to run (2000)
  --seed N          the seed of the first run (1)
  --profile P       ${PROFILE_NAMES.join(", ")}; by default drawn from the seed
  --trace           print all that happens; for one run
  --without A,B     leave out events, steps, sweepers or kinds of fault; for one run
  --core FILE       a bundle of the core to run instead of the workspace's build
  --planted         then plant faults into the core, one by one, and look for each
  --only TEXT       of these only those with TEXT in their name
  --report FILE     write what came out as a page
`;

const DEFAULT_RUNS = 2_000;

export function readOptions(args: readonly string[]): CliOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: "string", default: String(DEFAULT_RUNS) },
      seed: { type: "string", default: "1" },
      profile: { type: "string" },
      trace: { type: "boolean", default: false },
      without: { type: "string", default: "" },
      planted: { type: "boolean", default: false },
      core: { type: "string" },
      only: { type: "string", default: "" },
      report: { type: "string" },
    },
  });
  const { trace, planted, only, report, without, core } = values;
  return {
    runs: wholeNumber("--runs", values.runs),
    seed: wholeNumber("--seed", values.seed),
    profile: profileOf(values.profile),
    without: without.split(",").filter((name) => name !== ""),
    trace,
    planted,
    only,
    core: core === undefined ? undefined : pathToFileURL(core).href,
    report,
  };
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new Error(`${name} ${text} must be a whole number.`);
}

function profileOf(text: string | undefined): ProfileName | undefined {
  const known = PROFILE_NAMES.find((name) => name === text);
  if (text === undefined || known !== undefined) return known;
  throw new Error(`--profile ${text} is unknown. Known: ${PROFILE_NAMES.join(", ")}.`);
}
