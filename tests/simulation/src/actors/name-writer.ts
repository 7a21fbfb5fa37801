import type { ScheduleLocation } from "@keywhen/core";
import { Activity, type NamedAnswer } from "../activity.js";
import { payloadOf } from "../event-body.js";
import type { NamePlan, NameStep } from "../plan.js";
import type { World } from "../world.js";
import type { Host } from "./host.js";

/** Takes the steps of every name on its writers' hosts. */
export function startNameWriters(world: World, hosts: ReadonlyMap<string, Host>): void {
  for (const plan of world.plan.names) {
    for (const step of plan.steps) {
      const host = hosts.get(step.writer);
      if (host !== undefined) world.time.at(step.atMs, () => take(world, host, plan, step));
    }
  }
}

function take(world: World, host: Host, plan: NamePlan, step: NameStep): void {
  const process = host.process();
  process.reach(() => {
    const { name, kind } = step;
    const activity = new Activity(world.time.now(), { name, process, kind, named: plan.name });
    void world.run(activity, async (home) => {
      const { outcome, ...answer } = await call(world, home, plan, step, activity);
      activity.namedAnswer = answer;
      return outcome;
    });
  });
}

async function call(
  { core, ledger }: World,
  home: ScheduleLocation,
  { name, to }: NamePlan,
  step: NameStep,
  activity: Activity,
): Promise<NamedAnswer & { readonly outcome: string }> {
  const names = core.createNamedEvents(home);
  if (step.kind === "cancel-name") return names.cancel(name);
  const at = new Date(step.dueMs);
  if (step.kind === "put-name") return names.put(name, { ...payloadOf(step), at, to });
  const found = await names.get(name);
  if (found === undefined) return { outcome: "nothing" };
  activity.key = ledger.keyOf(found.id);
  const scheduler = core.createScheduler(home);
  return step.kind === "cancel"
    ? scheduler.cancel(found.id)
    : scheduler.reschedule(found.id, { at });
}
