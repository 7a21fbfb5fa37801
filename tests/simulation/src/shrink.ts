import type { CoreUnderTest } from "./core-under-test.js";
import { REQUEST_FAULTS, WORLD_FAULTS } from "./faults.js";
import { partsOf, without } from "./leave-out.js";
import type { Plan } from "./plan.js";
import { runWorld, type Violation } from "./run-world.js";

export interface Shrunk {
  readonly plan: Plan;
  readonly violation: Violation;
}

/** The smallest world that breaks the same promise: leaves out part after part. */
export async function shrink(
  plan: Plan,
  violation: Violation,
  core: CoreUnderTest,
): Promise<Shrunk> {
  let found: Shrunk = { plan, violation };
  const left = new Set(plan.without);
  for (let hasShrunk = true; hasShrunk; ) {
    hasShrunk = false;
    for (const part of partsOf(plan, [...REQUEST_FAULTS, ...WORLD_FAULTS])) {
      const [whole = part] = part.split("."); // a step goes with its event
      if (left.has(part) || left.has(whole)) continue;
      const smaller = without(plan, new Set([...left, part]));
      const isSwept = smaller.sweepers.some(({ completesWakeUps }) => completesWakeUps);
      if (!isSwept) continue; // then nothing could leave
      const result = await runWorld(smaller, core);
      if (result.violation?.promise !== violation.promise) continue;
      left.add(part);
      found = { plan: smaller, violation: result.violation };
      hasShrunk = true;
    }
  }
  return found;
}
