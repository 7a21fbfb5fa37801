import type { EventId, NewEvent, ScheduleLocation, Scheduler } from "@keywhen/core";
import { Activity } from "../activity.js";
import { payloadOf, replacementOf } from "../event-body.js";
import type { EventPlan, StepPlan } from "../plan.js";
import { PENDING } from "../schedule-keys.js";
import type { World } from "../world.js";
import { type Host, openHost } from "./host.js";
import { befall } from "./incident.js";
import { startNameWriters } from "./name-writer.js";
import { startScheduleWriters } from "./schedule-writer.js";

/** The ids that an event has had, the first one first. */
type Ids = EventId[];

export function startWriters(world: World): void {
  const { plan, time } = world;
  const hosts = new Map(
    plan.writers.map((writer) => [writer.name, openHost(world, writer.name, writer.clock)]),
  );
  for (const { name, incidents } of plan.writers) {
    const host = hosts.get(name);
    for (const incident of incidents) {
      time.at(incident.atMs, () => host !== undefined && befall(incident, host.process()));
    }
  }
  startScheduleWriters(world, hosts);
  startNameWriters(world, hosts);
  for (const event of plan.events) {
    const ids: Ids = [];
    for (const step of event.steps) {
      const host = hosts.get(step.writer);
      if (host !== undefined) time.at(step.atMs, () => take(world, host, event, step, ids));
    }
  }
}

function take(world: World, host: Host, event: EventPlan, step: StepPlan, ids: Ids): void {
  const process = host.process();
  process.reach(() => {
    const id = step.ofFirstId ? ids[0] : ids.at(-1);
    if (step.kind !== "schedule" && id === undefined) return;
    const key = id === undefined || step.kind === "schedule" ? undefined : world.ledger.keyOf(id);
    const { name, kind } = step;
    const activity = new Activity(world.time.now(), { name, process, kind, key });
    void world.run(activity, async (home) => {
      const result = await call(world, home, event, step, id);
      const about = idTold(step, result, id);
      if (about !== undefined) activity.key = world.ledger.keyOf(about);
      if (isScheduled(result) && !ids.includes(result.id)) ids.push(result.id);
      if ("newId" in result && result.newId !== undefined) ids.push(result.newId);
      if (MOVED.has(result.outcome) && result.id !== undefined) ids.push(result.id);
      return result.outcome;
    });
  });
}

/** The id that a schedule call was about is known only from its answer. */
function idTold(
  { kind }: StepPlan,
  result: StepResult,
  id: EventId | undefined,
): EventId | undefined {
  if (kind !== "schedule") return id;
  return isScheduled(result) ? result.id : undefined;
}

const MOVED: ReadonlySet<string> = new Set(["rescheduled", "redriven"]);

interface StepResult {
  readonly outcome: string;
  readonly id?: EventId;
  readonly newId?: EventId;
  /** Of a schedule call's answer alone. */
  readonly deliveryId?: string;
}

function call(
  { core }: World,
  home: ScheduleLocation,
  event: EventPlan,
  step: StepPlan,
  id: EventId | undefined,
): Promise<StepResult> {
  const scheduler: Scheduler = core.createScheduler({ ...home, shards: event.shards });
  switch (step.kind) {
    case "schedule":
      if (event.isHandWritten) return writeByHand(home, event);
      return tellScheduled(
        core,
        scheduler.schedule({
          ...payloadOf(event),
          at: new Date(event.dueMs),
          to: event.to,
          deliveryId: event.chosenId,
          expiresAfter: expiryOf(event),
        }),
      );
    case "reschedule":
      return scheduler.reschedule(id ?? "", changeOf(step));
    case "redrive":
      return core.createDeadLetters(home).redrive(id ?? "");
    case "cancel-overdue":
      return scheduler.cancel(id ?? "", { overdue: true });
    case "cancel":
      return scheduler.cancel(id ?? "");
  }
}

function changeOf(step: StepPlan) {
  const at = new Date(step.newDueMs);
  const content = replacementOf(step);
  if (content === undefined) return { at };
  return step.replacement?.keepsInstant ? content : { ...content, at };
}

function expiryOf({ expiresAfterMs }: EventPlan): NewEvent["expiresAfter"] {
  return expiresAfterMs === undefined ? undefined : `${expiresAfterMs}ms`;
}

async function tellScheduled(
  core: World["core"],
  scheduling: Promise<StepResult>,
): Promise<StepResult> {
  try {
    return await scheduling;
  } catch (error) {
    if (!(error instanceof core.ScheduleError)) throw error;
    return { outcome: error.code, id: error.id, deliveryId: error.deliveryId };
  }
}

/** Another program that puts the key itself, with a usual time limit. */
async function writeByHand(
  { store, bucket, clock }: ScheduleLocation,
  event: EventPlan,
): Promise<StepResult> {
  const { body, ...headers } = payloadOf(event);
  const at = new Date(event.dueMs).toISOString();
  const id = `${at}|${event.to.bucket}|${encodeURI(event.to.key)}` as EventId;
  const ref = { bucket, key: PENDING + id };
  const put = store.put(ref, new TextEncoder().encode(body), headers);
  const answer = await Promise.race([put, clock?.sleep(HAND_LIMIT_MS)]);
  return { outcome: answer?.outcome === "written" ? "scheduled" : "undecided", id, deliveryId: "" };
}

const HAND_LIMIT_MS = 20_000;

function isScheduled(result: StepResult): result is StepResult & { readonly id: EventId } {
  return "deliveryId" in result;
}
