import type { FaultRates } from "./faults.js";
import type {
  ClockPlan,
  EventPlan,
  OutagePlan,
  Plan,
  SchedulePlan,
  ScheduleStep,
  SweeperPlan,
} from "./plan.js";
import { type Prng, prngOf } from "./prng.js";
import { PROFILES } from "./profiles.js";
import { occurrenceAfter } from "./rule-occurrences.js";
import { SCHEDULE_BUCKET } from "./schedule-keys.js";

/** The share of worlds about one danger, which chance brings in one of thousands. */
const HARD_SPOTS = 0.1;
const LIFE_MS = 150_000;
/** Worlds of a day are about other things, and a day of polls takes long. */
export const LONGEST_MS = 3_600_000;
/** Events are so dense that one is due in every few seconds. */
const DENSE_MS = 120_000;

type HardSpot = (plan: Plan, prng: Prng) => Plan;

/** For some seeds, a plan that is all about one danger. */
export function withHardSpot(plan: Plan): Plan {
  const prng = prngOf(plan.seed, "hard spot");
  if (!prng.chance(HARD_SPOTS) || plan.chaosMs > LONGEST_MS) return plan;
  return prng.pick([lateCancels, setForward, setBackUnrenewed, slowAndBehind])(plan, prng);
}

/** Cancels, pauses and skips that are sent just before what they are about closes, and are long on their way. */
const lateCancels: HardSpot = (plan, prng) => ({
  ...looksAhead(plan, 5),
  schedules: plan.schedules.map((schedule) => closing(plan, schedule)),
  rates: only({ slow: 0.5 }),
  events: dense(plan, prng).map((event) => {
    const [schedule, ...others] = event.steps;
    if (schedule === undefined) return event;
    const sentMs = event.dueMs - 4_000 - prng.between(20, 400);
    const cancel = { ...schedule, name: `${event.name}.cancel`, kind: "cancel" as const };
    return { ...event, steps: [schedule, { ...cancel, atMs: sentMs }, ...others.slice(1)] };
  }),
});

/** Verbs that are sent about when an occurrence closes, or is delivered. */
function closing({ seed, startMs }: Plan, schedule: SchedulePlan): SchedulePlan {
  const prng = prngOf(seed, `closing ${schedule.name}`);
  const [put] = schedule.steps;
  if (put?.content === undefined) return schedule;
  const content = { ...put.content, windowMs: 0 };
  const steps: ScheduleStep[] = [{ ...put, atMs: startMs, content }];
  const add = (kind: ScheduleStep["kind"], atMs: number) => {
    const name = `${schedule.name}.${steps.length + 1}`;
    steps.push({ ...put, name, kind, atMs, content: undefined });
  };
  let dueMs = startMs + 30_000;
  for (let verbs = 0; verbs < 3; verbs++) {
    dueMs = occurrenceAfter(content.rule, dueMs).atMs;
    const kind = prng.pick<ScheduleStep["kind"]>(["pause-schedule", "skip-occurrence"]);
    add(kind, dueMs - GUARD_MS + prng.between(-2_000, 7_000));
    if (kind === "pause-schedule") add("resume-schedule", dueMs + prng.between(5_000, 20_000));
  }
  return { ...schedule, steps };
}

const GUARD_MS = 4_000;

/** Clocks that are set forward between two comparisons with the store's. */
const setForward: HardSpot = (plan, prng) => {
  const ahead = looksAhead({ ...plan, events: dense(plan, prng) }, 20);
  return withClocks(ahead, () => ({ skewMs: 0, jumps: jumps(plan, prng, 30_000) }));
};

/** A clock that is set back while the lease can't be renewed, by more than its holder keeps in reserve. */
const setBackUnrenewed: HardSpot = (plan, prng) => {
  const fromMs = denseMs(plan, prng);
  const events = dense(plan, prng, () => fromMs + prng.between(0, 25_000));
  const ahead = looksAhead({ ...plan, events, rates: NO_FAULTS }, 60);
  const sweepers = ahead.sweepers.map((sweeper) => ({ ...sweeper, leaseSeconds: 20 }));
  const window = { fromMs, untilMs: fromMs + 40_000 };
  const outages: readonly OutagePlan[] = [
    { bucket: SCHEDULE_BUCKET, code: "throttled", kinds: ["put"], ...window },
  ];
  const clockOf = () => {
    const atMs = fromMs + prng.between(1_000, 12_000);
    return { skewMs: 0, jumps: [{ atMs, byMs: -9_000 }] };
  };
  return withClocks({ ...ahead, sweepers, outages }, clockOf);
};

/** Daemons whose clocks are behind, which slow answers hide, and which are stopped in between. */
const slowAndBehind: HardSpot = (plan, prng) => {
  const schedules = plan.schedules.map((schedule) => closing(plan, schedule));
  const events = dense(plan, prng);
  const ahead = looksAhead({ ...plan, events, schedules, rates: only({ slow: 0.6 }) }, 5);
  const stop = () => ({ atMs: denseMs(plan, prng), kind: "stop" as const, forMs: 0 });
  const sweepers = ahead.sweepers.map(
    (one): SweeperPlan => ({ ...one, style: "daemon", incidents: [stop(), stop(), stop()] }),
  );
  const clockOf = () => ({ skewMs: -prng.between(1_500, 6_000), jumps: [] });
  return withClocks({ ...ahead, sweepers }, clockOf);
};

export function looksAhead(plan: Plan, pollSeconds: number): Plan {
  const sweepers = plan.sweepers.map(
    (sweeper): SweeperPlan => ({
      ...sweeper,
      pollSeconds,
      lifeMs: LIFE_MS,
      concurrency: 64,
    }),
  );
  return { ...plan, sweepers };
}

/** Every event is scheduled a while before it is due, in the world's first minutes. */
export function dense(
  { events, startMs }: Plan,
  prng: Prng,
  dueMsOf = () => denseMs({ startMs }, prng),
): EventPlan[] {
  return events.map((event) => {
    const dueMs = dueMsOf();
    const [schedule, ...others] = event.steps;
    if (schedule === undefined) return event;
    return { ...event, dueMs, steps: [{ ...schedule, atMs: startMs }, ...others] };
  });
}

/** Where all use one clock, no clock is off. */
function withClocks(plan: Plan, clockOf: () => ClockPlan): Plan {
  if (PROFILES[plan.profile].capabilities.clock === "shared") return plan;
  return { ...plan, sweepers: plan.sweepers.map((one) => ({ ...one, clock: clockOf() })) };
}

function denseMs({ startMs }: Pick<Plan, "startMs">, prng: Prng): number {
  return startMs + 30_000 + prng.between(0, DENSE_MS);
}

function jumps(plan: Plan, prng: Prng, byMs: number): ClockPlan["jumps"] {
  const jump = () => ({ atMs: denseMs(plan, prng), byMs });
  return [jump(), jump(), jump()];
}

export const NO_FAULTS: FaultRates = {
  throttled: 0,
  refused: 0,
  "lost-request": 0,
  "lost-answer": 0,
  late: 0,
  slow: 0,
  "key-errors": 0,
  crash: 0,
  freeze: 0,
};

function only(rates: Partial<FaultRates>): FaultRates {
  return { ...NO_FAULTS, ...rates };
}
