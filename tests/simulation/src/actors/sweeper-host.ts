import type { ScheduleLocation, Sweeper, SweepOptions } from "@keywhen/core";
import { Activity } from "../activity.js";
import { ALLOW_TARGETS, type SweeperPlan } from "../plan.js";
import { prngOf } from "../prng.js";
import type { World } from "../world.js";
import { type Host, openHost } from "./host.js";
import { befall } from "./incident.js";
import type { Process } from "./process.js";

/** After the faults, sweepers wake as often as before for this long; then rarely, for events that back off. */
const BUSY_AFTERMATH_MS = 3 * 60_000;
const AHEAD_AFTERMATH_MS = 30_000;
const RARE_WAKES_MS = 20 * 60_000;
const RARE_POLL_SECONDS = 60;
/** How soon a daemon that has ended is started again. */
const RESTART_MS = 10_000;

export function startSweepers(world: World): void {
  for (const plan of world.plan.sweepers) {
    const host = openHost(world, plan.name, plan.clock);
    if (plan.pollSeconds === undefined) wakeAtIntervals(world, host, plan);
    else startLookAheadHost(world, host, plan);
  }
}

function wakeAtIntervals(world: World, host: Host, plan: SweeperPlan): void {
  const { time } = world;
  const { startMs, chaosMs } = world.plan;
  const wake = (number: number) => {
    const isLongHealed = time.now() > startMs + chaosMs + BUSY_AFTERMATH_MS;
    time.at(time.now() + (isLongHealed ? RARE_WAKES_MS : plan.everyMs), () => wake(number + 1));
    if (plan.style === "function") return runFunction(world, host, plan, number);
    const process = host.process();
    process.reach(() => {
      // A daemon's sweeps never overlap.
      if (!world.isBusy(process)) sweepOnce(world, process, plan, number, undefined);
    });
  };
  time.at(plan.firstWakeMs, () => wake(1));
}

/** A function that is woken once a minute, or a daemon. */
function startLookAheadHost(world: World, host: Host, plan: SweeperPlan): void {
  const { time } = world;
  const luck = prngOf(world.plan.seed, `wakes of ${plan.name}`);
  const endMs = world.plan.startMs + world.plan.chaosMs + AHEAD_AFTERMATH_MS;
  const daemon = plan.style === "daemon" ? openDaemon(world, host, plan) : undefined;
  if (daemon !== undefined) time.at(plan.firstWakeMs, daemon.keep);
  for (const incident of plan.incidents) {
    time.at(incident.atMs, () =>
      incident.kind === "stop" ? daemon?.stop() : befall(incident, host.process()),
    );
  }
  const wake = (number: number) => {
    const isLate = time.now() > endMs;
    if (isLate) daemon?.end();
    const wakened = isLate ? { ...plan, pollSeconds: RARE_POLL_SECONDS } : plan;
    if (daemon === undefined || isLate) runFunction(world, host, wakened, number);
    // Once in each minute, at any second of it.
    const next = plan.firstWakeMs - (plan.firstWakeMs % 60_000) + number * 60_000;
    const nextMs = isLate ? time.now() + RARE_WAKES_MS : next + luck.between(0, 59_999);
    time.at(nextMs, () => wake(number + 1));
  };
  time.at(plan.firstWakeMs, () => wake(1));
}

/** A new process for each wake, which its platform ends when its time is up. */
function runFunction(world: World, host: Host, plan: SweeperPlan, number: number): void {
  const { time } = world;
  const process = host.start();
  time.at(time.now() + plan.lifeMs, () => {
    if (world.isBusy(process)) process.crash();
  });
  const deadline = new Date(process.clock.now() + plan.lifeMs);
  sweepOnce(world, process, plan, number, deadline);
}

function sweepOnce(
  world: World,
  process: Process,
  plan: SweeperPlan,
  number: number,
  deadline: Date | undefined,
): void {
  const { whenHeld, pollSeconds } = plan;
  const ahead: SweepOptions =
    pollSeconds === undefined ? {} : { lookAhead: "1m", poll: `${pollSeconds}s` };
  const activity = new Activity(world.time.now(), {
    name: `${plan.name}#${number}`,
    process,
    kind: "sweep",
    sweeper: plan,
  });
  void world.run(activity, async (home) => {
    const sweeper = sweeperOf(world, home, activity, plan);
    activity.report = await sweeper.sweep({ ...ahead, deadline, whenHeld });
    return activity.report.outcome;
  });
}

interface Daemon {
  /** Starts it, and again whenever it has ended. */
  keep(): void;
  /** Stops it as a signal to terminate does; it is started again. */
  stop(): void;
  end(): void;
}

function openDaemon(world: World, host: Host, plan: SweeperPlan): Daemon {
  const { time } = world;
  let starts = 0;
  let isOver = false;
  let current: { readonly process: Process; stop(): void } | undefined;

  const start = () => {
    starts += 1;
    const process = host.start();
    const stopping = new AbortController();
    const mine = { process, stop: () => process.reach(() => stopping.abort()) };
    current = mine;
    const activity = new Activity(time.now(), {
      name: `${plan.name}#start-${starts}`,
      process,
      kind: "sweep",
      sweeper: plan,
      isStanding: true,
    });
    const running = world.run(activity, async (home) => {
      const options = { every: "1m", poll: `${plan.pollSeconds ?? 5}s` } as const;
      const sweeping = sweeperOf(world, home, activity, plan).start({
        ...options,
        signal: stopping.signal,
      });
      await sweeping.done;
      return "stopped";
    });
    void running.then(() => {
      if (current === mine) current = undefined;
    });
  };

  const keep = () => {
    if (isOver) return;
    if (current?.process.isAlive !== true) start();
    time.at(time.now() + RESTART_MS, keep);
  };

  return {
    keep,
    stop: () => current?.stop(),
    end() {
      isOver = true;
      current?.stop();
    },
  };
}

function sweeperOf(
  world: World,
  home: ScheduleLocation,
  activity: Activity,
  plan: SweeperPlan,
): Sweeper {
  const { core, time } = world;
  const { startMs, chaosMs, destinations, keptJournal } = world.plan;
  const isUpdated = time.now() > startMs + chaosMs; // a host without wakeUps would keep others from their range
  return core.createSweeper({
    ...home,
    allowTargets: ALLOW_TARGETS,
    destinations: destinations.length === 0 ? undefined : world.destinationsOf(activity),
    concurrency: plan.concurrency,
    journal: keptJournal !== "no",
    maxAge: `${plan.maxAgeMinutes}m`,
    leaseDuration: `${plan.leaseSeconds}s`,
    wakeUps: plan.completesWakeUps || isUpdated ? core.recurringWakeUps() : undefined,
  });
}
