import type { FaultRates } from "./faults.js";
import { NO_FAULTS } from "./hard-spots.js";
import {
  type IncidentPlan,
  MISSING_BUCKET,
  type OutagePlan,
  type Plan,
  type SweeperPlan,
} from "./plan.js";
import { type Prng, prngOf } from "./prng.js";
import { PROFILES } from "./profiles.js";
import { SCHEDULE_BUCKET } from "./schedule-keys.js";
import { type Draft, everyMinute, withSteps } from "./schedule-steps.js";

/** The share of worlds about one danger to recurring schedules, which chance brings in one of thousands. */
const HARD_SPOTS = 0.1;
/** Worlds of a day are about other things. */
const LONGEST_MS = 3_600_000;
const MINUTE_MS = 60_000;
const GUARD_MS = 4_000;
/** And what a call that was frozen may take after it. */
const LONGEST_FREEZE_MS = 320_000;

type HardSpot = (plan: Plan, prng: Prng) => Plan;

/** For some seeds, a plan that is all about one danger to recurring schedules. */
export function withScheduleHardSpot(plan: Plan): Plan {
  const prng = prngOf(plan.seed, "hard spot of schedules");
  if (!prng.chance(HARD_SPOTS) || plan.chaosMs > LONGEST_MS) return plan;
  if (plan.schedules.length === 0) return plan;
  const spot = prng.pick(SPOTS);
  return spot(plan, prng);
}

/** Puts and skips while an occurrence is delivered. Some are slow or have no answer. */
const racingVerbs: HardSpot = (plan, prng) => {
  const rates = only({ slow: prng.pick([0.1, 0.4]), late: 0.05, "lost-answer": 0.05 });
  return atEachOccurrence(plan, prng, rates, ({ add, change }, dueMs) => {
    if (prng.chance(0.3)) add("skip-occurrence", dueMs + prng.between(-300, 3_000));
    else add("put-schedule", dueMs + prng.between(-2_000, 3_000), change());
  });
};

/** Pauses and skips that are sent just in time, and are stored too late. */
const lateVerbs: HardSpot = (plan, prng) =>
  atEachOccurrence(plan, prng, only({ slow: 0.5 }), ({ add }, dueMs) => {
    const atMs = dueMs - GUARD_MS - prng.between(1_100, 2_500);
    if (prng.chance(0.2)) add("skip-occurrence", atMs);
    else {
      add("pause-schedule", atMs);
      add("resume-schedule", dueMs + prng.between(15_000, 25_000));
    }
  });

/** Puts of large bodies that have no answer, and other verbs before they are sent again. */
const unanswered: HardSpot = (plan, prng) =>
  atEachOccurrence(plan, prng, only({ late: 0.12, "lost-answer": 0.12 }), (draft, dueMs) => {
    const { add, change } = draft;
    const atMs = dueMs - prng.between(10_000, 30_000);
    add("put-schedule", atMs, change({ isLarge: true }));
    const nextMs = atMs + prng.between(300, prng.pick([1_000, 9_000]));
    if (prng.chance(0.5)) add("skip-occurrence", nextMs);
    else {
      add("pause-schedule", nextMs);
      add("resume-schedule", nextMs + prng.between(10_000, 20_000));
    }
  });

function atEachOccurrence(
  plan: Plan,
  prng: Prng,
  rates: FaultRates,
  act: (draft: Draft, dueMs: number) => void,
): Plan {
  return {
    ...plan,
    chaosMs: 5 * MINUTE_MS,
    rates,
    outages: [],
    sweepers: plan.sweepers.map((sweeper) => looksAhead({ ...sweeper, incidents: [] })),
    schedules: plan.schedules.map((schedule) =>
      withSteps(plan, schedule, everyMinute(plan, prng), (draft) => {
        for (let turns = 0; turns < 4; turns++) act(draft, draft.dueMs());
      }),
    ),
  };
}

/** No sweeper is awake for minutes, and no writer can tidy up; then all changes together. */
const lateSweeps: HardSpot = (plan, prng) => {
  const firstMs = plan.startMs + 6 * MINUTE_MS;
  const untidy: OutagePlan = {
    bucket: SCHEDULE_BUCKET,
    code: "denied",
    kinds: ["delete", "move"],
    fromMs: plan.startMs,
    untilMs: firstMs - MINUTE_MS,
  };
  const sweepers = plan.sweepers.map((sweeper) => ({
    ...sweeper,
    firstWakeMs: firstMs + prng.between(0, MINUTE_MS),
    incidents: [],
  }));
  return {
    ...plan,
    chaosMs: 9 * MINUTE_MS,
    rates: only({ slow: prng.pick([0, 0.1]), "lost-answer": 0.02 }),
    outages: [untidy],
    sweepers,
    schedules: plan.schedules.map((schedule) =>
      withSteps(plan, schedule, { ...everyMinute(plan, prng), maxLateMs: 120_000 }, (draft) => {
        const { add, change } = draft;
        for (let puts = 0; puts < 2; puts++) {
          add("put-schedule", plan.startMs + prng.between(5_000, 40_000), change());
        }
        const wakesMs = sweepers.filter(completes).map(({ firstWakeMs }) => firstWakeMs);
        for (let puts = 0; puts < 2; puts++) {
          const atMs = Math.min(...wakesMs) + prng.between(-50, 300);
          add("put-schedule", atMs, change({ maxLateMs: undefined }));
        }
      }),
    ),
  };
};

/** Writers that sleep in the midst of their first put, for longer than its guard waits. */
const sleepers: HardSpot = (plan, prng) => {
  const schedules = plan.schedules.map((schedule) =>
    withSteps(plan, schedule, everyMinute(plan, prng), () => undefined),
  );
  const writers = plan.writers.map((writer) => {
    const put = schedules.flatMap(({ steps }) => steps).find((step) => step.writer === writer.name);
    const atMs = (put?.atMs ?? plan.startMs) + prng.between(30, 200);
    const kind = prng.pick<IncidentPlan["kind"]>(["freeze", "suspend"]);
    const incidents = [{ atMs, kind, forMs: prng.between(330_000, 420_000) }];
    // A machine whose clock is set back while it sleeps can't notice either.
    return { ...writer, incidents, clock: { ...writer.clock, jumps: [] } };
  });
  return { ...plan, chaosMs: 8 * MINUTE_MS, rates: NO_FAULTS, outages: [], schedules, writers };
};

/** Clocks that are set forward by an hour while an occurrence is delivered, and back again. */
const setFar: HardSpot = (plan, prng) => {
  const isOneClock = PROFILES[plan.profile].capabilities.clock === "shared";
  const schedules = plan.schedules.map((schedule) =>
    withSteps(plan, schedule, everyMinute(plan, prng), () => undefined),
  );
  const sweepers = plan.sweepers.map((sweeper): SweeperPlan => {
    const jumps = [1, 2, 3].flatMap((minutes) => {
      const atMs = sweeper.firstWakeMs + minutes * MINUTE_MS + prng.between(100, 500);
      const byMs = prng.pick([3_600_000, 600_000]);
      return [
        { atMs, byMs },
        { atMs: atMs + 30_000, byMs: -byMs },
      ];
    });
    const clock = { ...sweeper.clock, skewMs: 0, jumps: isOneClock ? [] : jumps };
    return { ...sweeper, clock, pollSeconds: undefined, incidents: [] };
  });
  return { ...plan, rates: NO_FAULTS, outages: [], schedules, sweepers };
};

/** Targets that never work, under sweeps that list every few seconds. */
const poisoned: HardSpot = (plan, prng) => ({
  ...plan,
  sweepers: plan.sweepers.map((sweeper) => ({ ...looksAhead(sweeper), style: "function" })),
  schedules: plan.schedules.map((schedule) => {
    const to = { bucket: MISSING_BUCKET, key: schedule.name };
    return withSteps(plan, schedule, { ...everyMinute(plan, prng), to }, () => undefined);
  }),
});

function completes({ completesWakeUps }: SweeperPlan): boolean {
  return completesWakeUps;
}

/** Wake-ups that are deleted by hand, and stored again by a repair; for good once all faults are over. */
const deletedByHand: HardSpot = (plan, prng) => {
  const chaosMs = 5 * MINUTE_MS;
  const schedules = plan.schedules.map((schedule) =>
    withSteps(plan, schedule, everyMinute(plan, prng), ({ add, dueMs, change }) => {
      for (let turns = 0; turns < 3; turns++) {
        const atMs = dueMs() + prng.between(-20_000, 1_000);
        add("remove-wake-ups", atMs);
        if (prng.chance(0.3)) add("put-schedule", atMs + prng.between(0, 5_000), change());
        add("repair-schedule", atMs + prng.between(50, prng.pick([2_000, 100_000])));
      }
      add("repair-schedule", plan.startMs + chaosMs + LONGEST_FREEZE_MS);
    }),
  );
  return { ...plan, chaosMs, schedules };
};

const SPOTS: readonly [HardSpot, ...HardSpot[]] = [
  racingVerbs,
  lateVerbs,
  unanswered,
  lateSweeps,
  sleepers,
  setFar,
  poisoned,
  deletedByHand,
];

function looksAhead(sweeper: SweeperPlan): SweeperPlan {
  return { ...sweeper, pollSeconds: 5, lifeMs: 150_000, concurrency: 64 };
}

function only(rates: Partial<FaultRates>): FaultRates {
  return { ...NO_FAULTS, ...rates };
}
