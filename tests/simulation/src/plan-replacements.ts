import type { EventPlan, Plan, StepPlan } from "./plan.js";
import { prngOf } from "./prng.js";

/** The share of reschedules that also replace the content. */
const REPLACES = 0.4;
/** The share of worlds where calls that replace the content of one event meet each other, moves, cancels, and its closing. */
const RACES = 0.1;
/** keywhen's default, where clocks differ. */
const GUARD_MS = 4_000;

/** Some reschedules replace the content, at another instant or at the same one. */
export function withReplacements(plan: Plan): Plan {
  const races = prngOf(plan.seed, "racing replacements").chance(RACES);
  const events = plan.events.map((event) => ({
    ...event,
    steps: [
      ...event.steps.map((step) => replacing(plan, step, REPLACES)),
      ...(races ? racing(plan, event) : []),
    ],
  }));
  return { ...plan, events };
}

function replacing({ seed }: Plan, step: StepPlan, share: number): StepPlan {
  const prng = prngOf(seed, `replacement of ${step.name}`);
  if (step.kind !== "reschedule" || !prng.chance(share)) return step;
  const replacement = { keepsInstant: prng.chance(0.6), keepsMetadata: prng.chance(0.5) };
  return { ...step, replacement };
}

/** Two to four calls about the first id of an event, nearly at the same time. */
function racing(plan: Plan, event: EventPlan): StepPlan[] {
  const prng = prngOf(plan.seed, `race for ${event.name}`);
  const [schedule] = event.steps;
  if (schedule === undefined) return [];
  const closesMs = event.dueMs - GUARD_MS;
  const fromMs = prng.chance(0.6)
    ? closesMs - prng.between(20, 3_000)
    : prng.between(schedule.atMs, Math.max(schedule.atMs, closesMs));
  const newDueMs = event.dueMs + prng.between(-2_000, 60_000);
  return Array.from({ length: prng.between(2, 4) }, (_, index): StepPlan => {
    const step = {
      ...schedule,
      name: `${event.name}.race-${index + 1}`,
      kind: prng.chance(0.15) ? ("cancel" as const) : ("reschedule" as const),
      atMs: Math.max(schedule.atMs, fromMs + prng.between(0, 400)),
      writer: prng.pick(writersOf(plan)),
      newDueMs,
      ofFirstId: true,
    };
    return replacing(plan, step, 0.8);
  });
}

function writersOf({ writers }: Plan): [string, ...string[]] {
  const [first = "writer-1", ...others] = writers.map(({ name }) => name);
  return [first, ...others];
}
