import type { ClockPlan } from "../plan.js";
import { prngOf } from "../prng.js";
import type { World } from "../world.js";
import { hostClock } from "./host-clock.js";
import { type Process, startProcess } from "./process.js";

/** A machine with a clock on which processes come and go. */
export interface Host {
  readonly name: string;
  /** The process that runs there; a new one if the last has died. */
  process(): Process;
  start(): Process;
}

export function openHost(world: World, name: string, plan: ClockPlan): Host {
  const clock = hostClock(world.time, plan);
  const prng = prngOf(world.plan.seed, `timers of ${name}`);
  let processes = 0;
  let current: Process | undefined;
  world.whenHealed(clock.correct);
  const start = () => {
    processes += 1;
    current = startProcess(`${name}/${processes}`, { time: world.time, host: clock, prng });
    return current;
  };
  return {
    name,
    start,
    process: () => (current?.isAlive ? current : start()),
  };
}
