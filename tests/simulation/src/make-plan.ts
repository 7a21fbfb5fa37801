import { CURSED_KINDS, type FaultRates } from "./faults.js";
import { withHardSpot } from "./hard-spots.js";
import {
  ALLOWED_SKEW_MS,
  type ClockPlan,
  type IncidentPlan,
  type OutagePlan,
  type Plan,
  type Span,
  type SweeperPlan,
  TARGET_BUCKETS,
} from "./plan.js";
import { withDestinations } from "./plan-destinations.js";
import { planEvents } from "./plan-events.js";
import { withJournal } from "./plan-journal.js";
import { planNames, withRoughNames } from "./plan-names.js";
import { withReplacements } from "./plan-replacements.js";
import { planSchedules } from "./plan-schedules.js";
import { type Prng, prngOf } from "./prng.js";
import { PROFILE_NAMES, PROFILES, type ProfileName } from "./profiles.js";
import { withScheduleHardSpot } from "./schedule-hard-spots.js";
import { PENDING, SCHEDULE_BUCKET } from "./schedule-keys.js";
import { withZoneChange } from "./zone-changes.js";

const START_MS = Date.UTC(2026, 11, 24, 8, 0, 0);
const MINUTE_MS = 60_000;

export function makePlan(seed: number, chosenProfile?: ProfileName | undefined): Plan {
  const prng = prngOf(seed, "plan");
  const drawn = prng.pick(PROFILE_NAMES);
  const profile = chosenProfile ?? drawn;
  const span = { startMs: START_MS + prng.between(0, 59_999), chaosMs: drawChaosMs(prng) };
  const isOneClock = PROFILES[profile].capabilities.clock === "shared";
  const clockOf = (name: string) => drawClock(prngOf(seed, `clock ${name}`), span, isOneClock);
  const writers = Array.from({ length: prng.between(1, 3) }, (_, index) => {
    const name = `writer-${index + 1}`;
    return { name, clock: clockOf(name), incidents: [] };
  });
  const sweeperNames = Array.from(
    { length: prng.pick([1, 2, 2, 3, 4]) },
    (_, at) => `sweeper-${at + 1}`,
  );
  const ahead = prngOf(seed, "look-ahead").chance(LOOKS_AHEAD);
  const shardMap = drawShardMap(prngOf(seed, "layout"), span); // the label decides the drawn numbers: recorded seeds rely on it
  const plan: Plan = {
    seed,
    profile,
    ...span,
    rates: drawRates(prngOf(seed, "rates")),
    cursedSweeps: { chance: 0.05, kinds: CURSED_KINDS },
    writers,
    sweepers: sweeperNames.map((name, index) => ({
      ...planSweeper(name, clockOf(name), prngOf(seed, name), { ...span, ahead }),
      completesWakeUps: index === 0 || prngOf(seed, `wake-ups of ${name}`).chance(0.7),
    })),
    events: planEvents(
      seed,
      writers.map(({ name }) => name),
      span,
      {
        chosenIds: PROFILES[profile].capabilities.putIfAbsent,
        shards: shardMap.map(({ shards }) => shards),
      },
    ),
    schedules: PROFILES[profile].capabilities.putIfVersion
      ? planSchedules(
          seed,
          writers.map(({ name }) => name),
          span,
        )
      : [],
    names: canName(profile)
      ? planNames(
          seed,
          writers.map(({ name }) => name),
          span,
        )
      : [],
    destinations: [],
    idleDestinations: 0,
    keptJournal: "no",
    outages: drawOutages(prngOf(seed, "outages"), span),
    consumers: {
      removes: prng.pick([0, 0.5, 0.9]),
      withinMs: prng.pick([50, 5_000, 60_000]),
    },
    unrecognizedKeys: UNRECOGNIZED_KEYS.filter(() => prng.chance(0.4)),
    shardMap,
    without: new Set(),
  };
  const spot = withScheduleHardSpot(
    withHardSpot(withJournal(withDestinations(withRoughNames(plan)))),
  );
  return withReplacements(withZoneChange(spot));
}

function canName(profile: ProfileName): boolean {
  const { putIfAbsent, putIfVersion, clock } = PROFILES[profile].capabilities;
  return putIfAbsent && putIfVersion && clock !== "none";
}

const UNRECOGNIZED_KEYS = [
  `${PENDING}readme.txt`,
  `${PENDING}2026-12-24T08:03:00.000Z`,
  `${PENDING}2026-12-24T08:01:00.000Z|inbox|%41|abc`,
  `${PENDING}2026-02-30T08:01:00.000Z|inbox|a|abc`,
  "keywhen/other/2026-12-24T08:01:00.000Z|inbox|a|abc",
];

/** In a seventh of all worlds there are shards, and in most of these another number comes into use in the middle. */
function drawShardMap(prng: Prng, { startMs, chaosMs }: Span): Plan["shardMap"] {
  if (!prng.chance(0.15)) return [];
  const first = { shards: 2, fromMs: startMs - 24 * 60 * MINUTE_MS };
  if (prng.chance(0.2)) return [first];
  return [first, { shards: prng.pick([1, 3, 4, 0]), fromMs: startMs + prng.between(0, chaosMs) }];
}

function drawChaosMs(prng: Prng): number {
  const luck = prng.next();
  if (luck < 0.93) return prng.between(2, 5) * MINUTE_MS;
  return luck < 0.99 ? prng.between(10, 40) * MINUTE_MS : 24 * 60 * MINUTE_MS;
}

function drawClock(prng: Prng, { startMs, chaosMs }: Span, isOneClock: boolean): ClockPlan {
  const isFarOff = prng.chance(0.1);
  const farMs = prng.pick([2_000, 5_000, 60_000, 3_600_000]) * (prng.chance(0.5) ? 1 : -1);
  const nearMs = prng.between(-ALLOWED_SKEW_MS, ALLOWED_SKEW_MS);
  const jumps = Array.from({ length: prng.chance(0.15) ? prng.between(1, 2) : 0 }, () => ({
    atMs: startMs + prng.between(0, chaosMs),
    byMs: prng.pick([-3_600_000, 3_600_000, -30_000, 30_000, -900, 900]),
  }));
  return isOneClock ? { skewMs: 0, jumps: [] } : { skewMs: isFarOff ? farMs : nearMs, jumps };
}

/** Worlds with hosts that look ahead take longer. */
const LOOKS_AHEAD = 0.15;
/** Of a function that looks ahead: its sweep lasts two minutes at most. */
const AHEAD_LIFE_MS = 150_000;

function planSweeper(
  name: string,
  clock: ClockPlan,
  prng: Prng,
  span: Span & { readonly ahead: boolean },
): Omit<SweeperPlan, "completesWakeUps"> {
  const everyMs = span.chaosMs > 2 * 3_600_000 ? 20 * MINUTE_MS : MINUTE_MS;
  const plain = planPlainSweeper(name, clock, prng, { ...span, everyMs });
  const jumps = plain.clock.jumps.map((jump) => whileSweeping(jump, plain, prng));
  const looksAhead = prng.chance(0.6) && span.ahead && everyMs === MINUTE_MS;
  if (!looksAhead) return { ...plain, clock: { ...clock, jumps } };
  const incidents = prng.chance(0.5) ? prng.between(1, 3) : 0;
  return {
    ...plain,
    lifeMs: AHEAD_LIFE_MS,
    concurrency: prng.pick([3, 64]),
    pollSeconds: prng.pick([5, 10, 20]),
    incidents: Array.from({ length: incidents }, () => drawIncident(prng, span)),
  };
}

/** Mostly in the midst of a sweep, between its listing and its copies. */
function whileSweeping(
  { atMs, byMs }: ClockPlan["jumps"][number],
  { firstWakeMs, everyMs }: Pick<SweeperPlan, "firstWakeMs" | "everyMs">,
  prng: Prng,
): ClockPlan["jumps"][number] {
  const wakeMs = firstWakeMs + Math.max(0, Math.round((atMs - firstWakeMs) / everyMs)) * everyMs;
  const duringMs = wakeMs + prng.between(30, 400);
  return { atMs: prng.chance(0.8) ? duringMs : atMs, byMs };
}

function drawIncident(prng: Prng, { startMs, chaosMs }: Span): IncidentPlan {
  return {
    atMs: startMs + prng.between(0, chaosMs),
    kind: prng.pick(["stop", "crash", "freeze", "suspend"]),
    forMs: prng.between(500, 150_000),
  };
}

function planPlainSweeper(
  name: string,
  clock: ClockPlan,
  prng: Prng,
  span: Span & { readonly everyMs: number },
): Omit<SweeperPlan, "completesWakeUps"> {
  const { everyMs } = span;
  return {
    name,
    clock,
    style: prng.chance(0.6) ? "function" : "daemon",
    firstWakeMs: span.startMs + prng.between(0, 59_999),
    everyMs,
    lifeMs: prng.pick([15_000, 30_000, 60_000, 180_000]),
    concurrency: prng.pick([1, 3, 64]),
    whenHeld: prng.chance(0.4) ? "wait" : "leave",
    leaseSeconds: prng.pick([60, 30, 20]),
    maxAgeMinutes: everyMs > MINUTE_MS ? 24 * 60 : prng.pick([5, 15, 40]),
    pollSeconds: undefined,
    incidents: [],
  };
}

function drawRates(prng: Prng): FaultRates {
  const weight = prng.pick([0, 0.3, 1, 2]);
  const rate = (most: number) => (prng.chance(0.6) ? weight * most * prng.next() : 0);
  return {
    throttled: rate(0.06),
    refused: rate(0.02),
    "lost-request": rate(0.02),
    "lost-answer": rate(0.04),
    late: rate(0.03),
    slow: rate(0.06),
    "key-errors": rate(0.1),
    crash: rate(0.04),
    freeze: rate(0.03),
  };
}

const DENIED_KINDS: readonly [readonly string[], ...(readonly string[])[]] = [
  ["copy", "move"],
  ["delete", "move"],
  ["head"],
  ["get"],
  ["put"],
  ["list"],
];

function drawOutages(prng: Prng, { startMs, chaosMs }: Span): OutagePlan[] {
  return Array.from({ length: prng.chance(0.35) ? prng.between(1, 2) : 0 }, () => {
    const isMissing = prng.chance(0.4);
    const fromMs = startMs + prng.between(0, chaosMs);
    const untilMs = Math.min(fromMs + prng.between(5_000, 300_000), startMs + chaosMs);
    const target = prng.pick(TARGET_BUCKETS);
    const kinds = prng.pick(DENIED_KINDS);
    if (isMissing) return { bucket: target, code: "no-such-bucket", kinds: [], fromMs, untilMs };
    const bucket = kinds[0] === "copy" || kinds[0] === "head" ? target : SCHEDULE_BUCKET;
    return { bucket, code: "denied", kinds, fromMs, untilMs };
  });
}
