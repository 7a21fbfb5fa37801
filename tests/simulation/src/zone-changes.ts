import {
  CHANGING_ZONE,
  type ClockPlan,
  type Plan,
  type RulePlan,
  type SchedulePlan,
  type ZoneChange,
} from "./plan.js";
import { prngOf } from "./prng.js";

/** The share of worlds where a zone's clocks change. */
const ZONE_CHANGES = 0.1;
/** Worlds of a day have few occurrences about one instant. */
const LONGEST_MS = 3_600_000;

/**
 * For some seeds, a plan whose schedules are at fixed times of a zone whose clocks change. In most of them, some machines have
 * older time zone data, which say nothing of it: they compute other occurrences from that instant on.
 */
export function withZoneChange(plan: Plan): Plan {
  const { seed, startMs, chaosMs } = plan;
  const prng = prngOf(seed, "zone change");
  if (!prng.chance(ZONE_CHANGES) || chaosMs > LONGEST_MS) return plan;
  const atMs = startMs + prng.between(0, chaosMs);
  const zoneChange: ZoneChange = {
    atMs: atMs - (atMs % 60_000) + prng.pick([0, 30_000]),
    byMinutes: prng.pick([-1, 1, -2, 2, 4]),
  };
  const share = prng.pick([0.5, 0.5, 0.5, 1]);
  const hasHeard = (name: string) => prngOf(seed, `zone data of ${name}`).chance(share);
  const machine = <T extends { readonly name: string; readonly clock: ClockPlan }>(one: T): T =>
    hasHeard(one.name) ? { ...one, clock: { ...one.clock, zoneChange } } : one;
  return {
    ...plan,
    writers: plan.writers.map(machine),
    sweepers: plan.sweepers.map(machine),
    schedules: plan.schedules.map(inChangingZone),
  };
}

function inChangingZone(schedule: SchedulePlan): SchedulePlan {
  const steps = schedule.steps.map((step) => {
    const { content } = step;
    if (content === undefined) return step;
    const rule: RulePlan = { ...content.rule, kind: "fixed-times", anchorMs: 0, ...CHANGING_ZONE };
    return { ...step, content: { ...content, rule } };
  });
  return { ...schedule, steps };
}
