import { type Activity, startActivity } from "../activity.js";
import { ALLOW_TARGETS, type SweeperPlan } from "../plan.js";
import type { World } from "../world.js";
import { type Host, openHost } from "./host.js";
import { startLookAheadHost } from "./look-ahead-host.js";
import type { Process } from "./process.js";

/** So long after the faults sweepers wake as often as before; then rarely, for what backs off. */
const BUSY_AFTERMATH_MS = 3 * 60_000;
const RARE_WAKES_MS = 20 * 60_000;

/** Plain sweeps, woken at intervals, and hosts that look ahead. */
export function startSweepers(world: World): void {
  for (const plan of world.plan.sweepers) {
    if (plan.pollSeconds === undefined) startPlainHost(world, plan);
    else startLookAheadHost(world, plan);
  }
}

function startPlainHost(world: World, plan: SweeperPlan): void {
  const host = openHost(world, plan.name, plan.clock);
  world.time.at(plan.firstWakeMs, () => wake(world, host, plan, 1));
}

function wake(world: World, host: Host, plan: SweeperPlan, number: number): void {
  const { time } = world;
  const isLongHealed = time.now() > world.plan.startMs + world.plan.chaosMs + BUSY_AFTERMATH_MS;
  const pauseMs = isLongHealed ? RARE_WAKES_MS : plan.everyMs;
  time.at(time.now() + pauseMs, () => wake(world, host, plan, number + 1));
  if (plan.style === "function") runFunction(world, host, plan, number);
  else runInDaemon(world, host.process(), plan, number);
}

/** A daemon's sweeps never overlap. */
function runInDaemon(world: World, process: Process, plan: SweeperPlan, number: number): void {
  process.reach(() => {
    if (!world.isBusy(process)) void sweepOnce(world, process, plan, number);
  });
}

/** A new process for each wake, which its platform ends when its time is up. */
function runFunction(world: World, host: Host, plan: SweeperPlan, number: number): void {
  const { time } = world;
  const process = host.start();
  time.at(time.now() + plan.lifeMs, () => {
    if (world.isBusy(process)) process.crash();
  });
  void sweepOnce(world, process, plan, number);
}

async function sweepOnce(
  world: World,
  process: Process,
  plan: SweeperPlan,
  number: number,
): Promise<void> {
  const { core } = world;
  const activity: Activity = startActivity({
    name: `${plan.name}#${number}`,
    process,
    kind: "sweep",
    sweeper: plan,
    key: undefined,
    startedMs: world.time.now(),
  });
  const deadline =
    plan.style === "function" ? new Date(process.clock.now() + plan.lifeMs) : undefined;
  await world.run(activity, async (home) => {
    const sweeper = core.createSweeper({
      ...home,
      allowTargets: ALLOW_TARGETS,
      concurrency: plan.concurrency,
      maxAge: `${plan.maxAgeMinutes}m`,
      leaseDuration: `${plan.leaseSeconds}s`,
    });
    activity.report = await sweeper.sweep({ deadline, whenHeld: plan.whenHeld });
    return activity.report.outcome;
  });
}
