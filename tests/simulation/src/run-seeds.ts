import type { CoreUnderTest } from "./core-under-test.js";
import type { FaultCounts, FaultKind } from "./faults.js";
import { makePlan } from "./make-plan.js";
import type { ProfileName } from "./profiles.js";
import { runWorld, type Violation } from "./run-world.js";

export interface Seeds {
  readonly from: number;
  readonly count: number;
  readonly profile: ProfileName | undefined;
}

export interface Outcome {
  readonly runs: number;
  readonly delivered: number;
  readonly requests: number;
  readonly faults: FaultCounts;
  readonly violations: readonly FoundViolation[];
}

export interface FoundViolation extends Violation {
  readonly seed: number;
}

export const NOTHING_RUN: Outcome = {
  runs: 0,
  delivered: 0,
  requests: 0,
  faults: {},
  violations: [],
};

export async function runSeeds(
  core: CoreUnderTest,
  { from, count, profile }: Seeds,
): Promise<Outcome> {
  let outcome = NOTHING_RUN;
  for (let seed = from; seed < from + count && outcome.violations.length === 0; seed++) {
    const { violation, delivered, requests, faults } = await runWorld(
      makePlan(seed, profile),
      core,
    );
    const violations = violation === undefined ? [] : [{ ...violation, seed }];
    outcome = sumOf(outcome, { runs: 1, delivered, requests, faults, violations });
  }
  return outcome;
}

export function sumOf(left: Outcome, right: Outcome): Outcome {
  const faults: FaultCounts = { ...left.faults };
  for (const kind of Object.keys(right.faults) as FaultKind[]) {
    faults[kind] = (faults[kind] ?? 0) + (right.faults[kind] ?? 0);
  }
  return {
    runs: left.runs + right.runs,
    delivered: left.delivered + right.delivered,
    requests: left.requests + right.requests,
    faults,
    violations: [...left.violations, ...right.violations],
  };
}
