import type { ClockPlan, ZoneChange } from "../plan.js";
import { prngOf } from "../prng.js";
import type { VirtualTime } from "../virtual-time.js";
import type { World } from "../world.js";
import { type Process, startProcess } from "./process.js";

/** A machine with a clock on which processes come and go. */
export interface Host {
  /** The process that runs there; a new one if the last has died. */
  process(): Process;
  start(): Process;
}

export function openHost(world: World, name: string, plan: ClockPlan): Host {
  const clock = new HostClock(world.time, plan);
  const prng = prngOf(world.plan.seed, `timers of ${name}`);
  let processes = 0;
  let current: Process | undefined;
  world.whenHealed(() => clock.correct());
  const start = () => {
    processes += 1;
    current = startProcess(`${name}/${processes}`, { time: world.time, host: clock, prng });
    return current;
  };
  return { start, process: () => (current?.isAlive ? current : start()) };
}

/** Less than what is allowed by half a second: the check can be wrong by that, because the store gives whole seconds. */
const CERTAINLY_RIGHT_MS = 600;

/** The clock of one machine: off by a little, set forward or back now and then. */
export class HostClock {
  readonly #time: VirtualTime;
  readonly #startMs: number;
  #skewMs: number;
  #jumps: ClockPlan["jumps"];
  readonly zoneChange: ZoneChange | undefined;
  /** True time at which it last woke from a suspend; undefined if it never slept. */
  wokeAtMs: number | undefined;

  constructor(time: VirtualTime, plan: ClockPlan) {
    this.#time = time;
    this.#startMs = time.now();
    this.#skewMs = plan.skewMs;
    this.#jumps = plan.jumps;
    this.zoneChange = plan.zoneChange;
  }

  readonly now = (): number => {
    const nowMs = this.#time.now();
    const past = this.#jumps.filter(({ atMs }) => atMs <= nowMs);
    return past.reduce((sum, { byMs }) => sum + byMs, nowMs + this.#skewMs);
  };

  readonly monotonic = (): number => this.#time.now() - this.#startMs;

  woke(): void {
    this.wokeAtMs = this.#time.now();
  }

  /** From now on it is right to within what keywhen allows. */
  correct(): void {
    this.#skewMs = Math.max(-CERTAINLY_RIGHT_MS, Math.min(CERTAINLY_RIGHT_MS, this.#skewMs));
    this.#jumps = [];
  }
}
