import { NO_FAULTS } from "./hard-spots.js";
import { type NamePlan, type NameStep, type Plan, type Span, TARGET_BUCKETS } from "./plan.js";
import { type Prng, prngOf } from "./prng.js";

/** The share of worlds with an event that has a name. */
const SHARE = 0.2;

/** The share of these worlds where much befalls each call. */
const ROUGH = 0.5;
const ROUGH_RATES = {
  "lost-request": 0.03,
  "lost-answer": 0.06,
  late: 0.05,
  slow: 0.1,
  crash: 0.06,
  freeze: 0.04,
};

export function withRoughNames(plan: Plan): Plan {
  const isRough = prngOf(plan.seed, "rough names").chance(ROUGH);
  if (plan.names.length === 0 || !isRough) return plan;
  return { ...plan, rates: { ...NO_FAULTS, ...ROUGH_RATES } };
}

/** One or two names, each of which several writers put and cancel, often at nearly the same time. */
export function planNames(
  seed: number,
  writerNames: readonly string[],
  span: Span,
): readonly NamePlan[] {
  const prng = prngOf(seed, "names");
  if (!prng.chance(SHARE)) return [];
  const [first = "writer-1", ...others] = writerNames;
  return ["trial-1", "trial-2"].slice(0, prng.pick([1, 1, 2])).map((name) => ({
    name,
    to: { bucket: prng.pick(TARGET_BUCKETS), key: `named/${name}` },
    steps: planSteps(prngOf(seed, `name ${name}`), name, [first, ...others], span),
  }));
}

function planSteps(
  prng: Prng,
  name: string,
  writers: readonly [string, ...string[]],
  { startMs, chaosMs }: Span,
): NameStep[] {
  const lastMs = startMs + Math.min(chaosMs, 600_000);
  const moments = Array.from({ length: prng.between(1, 4) }, () => prng.between(startMs, lastMs));
  const steps = moments.flatMap((momentMs) =>
    Array.from({ length: prng.between(1, 4) }, (): Omit<NameStep, "name"> => {
      const atMs = momentMs + prng.between(0, prng.pick([100, 3_000, 40_000]));
      return {
        kind: drawKind(prng),
        atMs: Math.min(atMs, startMs + chaosMs),
        writer: prng.pick(writers),
        dueMs: atMs + prng.pick([5_000, 20_000, 60_000, 240_000]) + prng.between(0, 15_000),
      };
    }),
  );
  return steps
    .sort((one, other) => one.atMs - other.atMs)
    .map((step, index) => ({ ...step, name: `${name}.${index + 1}` }));
}

function drawKind(prng: Prng): NameStep["kind"] {
  const luck = prng.next();
  if (luck < 0.6) return "put-name";
  if (luck < 0.85) return "cancel-name";
  return luck < 0.95 ? "reschedule" : "cancel";
}
