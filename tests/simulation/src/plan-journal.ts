import { LONGEST_MS } from "./hard-spots.js";
import type { Plan } from "./plan.js";
import { calmed } from "./plan-destinations.js";
import { prngOf } from "./prng.js";

/** The share of worlds whose sweepers write the journal. */
const SHARE = 0.15;
/** Of these, the share of worlds where nothing else fails, but no put of the journal is answered. */
const HANGS = 0.25;

export function withJournal(plan: Plan): Plan {
  const prng = prngOf(plan.seed, "kept journal");
  if (!prng.chance(SHARE)) return plan;
  if (!prng.chance(HANGS)) return { ...plan, keptJournal: "yes" };
  const isShort = plan.chaosMs <= LONGEST_MS && plan.destinations.length === 0;
  return { ...(isShort ? calmed(plan, prng) : plan), keptJournal: "hangs" };
}
