import type { FaultKind } from "./faults.js";
import { ALLOWED_SKEW_MS, type ClockPlan, type Plan } from "./plan.js";

/** The same plan with some of its parts left out. */
export function without(plan: Plan, names: ReadonlySet<string>): Plan {
  const isIn = ({ name }: { readonly name: string }) => !names.has(name);
  return {
    ...plan,
    without: names,
    writers: plan.writers.map((writer) => ({
      ...writer,
      clock: tamed(writer.clock, names),
      incidents: names.has("incidents") ? [] : writer.incidents,
    })),
    sweepers: plan.sweepers.filter(isIn).map((sweeper) => ({
      ...sweeper,
      clock: tamed(sweeper.clock, names),
      incidents: names.has("incidents") ? [] : sweeper.incidents,
    })),
    events: plan.events
      .filter(isIn)
      .map((event) => ({ ...event, steps: event.steps.filter(isIn) })),
    schedules: plan.schedules
      .filter(isIn)
      .map((schedule) => ({ ...schedule, steps: schedule.steps.filter(isIn) })),
    names: plan.names.filter(isIn).map((named) => ({ ...named, steps: named.steps.filter(isIn) })),
    outages: names.has("outages") ? [] : plan.outages,
    unrecognizedKeys: names.has("unrecognized") ? [] : plan.unrecognizedKeys,
    consumers: names.has("consumers") ? { ...plan.consumers, removes: 0 } : plan.consumers,
  };
}

interface Named {
  readonly steps: readonly { readonly name: string }[];
}

/** What can be left out of a plan, the largest parts first. */
export function partsOf(plan: Plan, faultKinds: readonly FaultKind[]): string[] {
  const whole: readonly Named[] = [...plan.events, ...plan.schedules];
  const steps = [
    ...whole.flatMap((one) => one.steps.slice(1)),
    ...plan.names.flatMap((one) => one.steps),
  ];
  const parts = [...plan.events, ...plan.schedules, ...plan.names, ...plan.sweepers, ...steps];
  const named = parts.map(({ name }) => name);
  return [...faultKinds, ...named, "unrecognized", "consumers", "incidents"];
}

function tamed(clock: ClockPlan, names: ReadonlySet<string>): ClockPlan {
  const skewMs = names.has("far-off")
    ? Math.max(-ALLOWED_SKEW_MS, Math.min(ALLOWED_SKEW_MS, clock.skewMs))
    : clock.skewMs;
  const zoneChange = names.has("zone-changes") ? undefined : clock.zoneChange;
  return { skewMs, jumps: names.has("jumps") ? [] : clock.jumps, zoneChange };
}
