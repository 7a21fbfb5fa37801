import type { Activity } from "../activity.js";
import { describeObject, replacementOf } from "../event-body.js";
import type { Plan, StepPlan } from "../plan.js";
import { idOfKey, isPendingKey, SCHEDULE_BUCKET } from "../schedule-keys.js";
import type { StoreRequest } from "../store/store-request.js";
import type { StoredObject } from "../store/stored-objects.js";
import type { Invariant, View } from "./watcher.js";

const WHOLE = "New content: it replaces the body and its headers, and what is not given stays.";
const IN_TIME =
  "New content: after `rescheduled` it waits, and was stored before the event was due by its old and its new instant.";

/** By id: what its objects have had of what stays, each in one line. */
type Kept = Map<string, Set<string>>;

export const newContent: Invariant = (view) => {
  const kept: Kept = new Map();
  const steps = replacingSteps(view.plan);
  return {
    executed(request, changes) {
      const step = request.kind === "put" ? steps.get(request.activity.name) : undefined;
      for (const { ref } of changes) {
        const isEvent = ref.bucket === SCHEDULE_BUCKET && isPendingKey(ref.key);
        const object = isEvent ? view.objects.get(ref) : undefined;
        if (object === undefined) continue;
        if (step !== undefined) check(view, kept, step, request, object);
        note(kept, idOfKey(ref.key), object);
      }
    },
    ended(activity) {
      if (!steps.has(activity.name) || activity.result !== "rescheduled") return;
      const why = whyUntrue(view, activity);
      if (why !== undefined) view.violated(IN_TIME, activity.key, `${activity.name}: ${why}`);
    },
  };
};

function replacingSteps({ events }: Plan): ReadonlyMap<string, StepPlan> {
  const steps = events.flatMap((event) => event.steps);
  return new Map(
    steps.filter(({ replacement }) => replacement !== undefined).map((step) => [step.name, step]),
  );
}

function note(kept: Kept, id: string, object: StoredObject): void {
  const known = kept.get(id) ?? new Set();
  kept.set(id, known.add(whatStays(object)));
}

function whatStays({ cacheControl, metadata }: Pick<StoredObject, "cacheControl" | "metadata">) {
  const own = Object.entries(metadata).filter(([name]) => !name.startsWith("keywhen-"));
  return JSON.stringify([cacheControl, own.sort()]);
}

function check(
  { violated }: View,
  kept: Kept,
  step: StepPlan,
  { activity, keys }: StoreRequest,
  object: StoredObject,
): void {
  const { body, contentType, cacheControl, metadata } = replacementOf(step) ?? {};
  const isNew =
    new TextDecoder().decode(object.bytes) === body &&
    object.contentType === contentType &&
    object.contentEncoding === undefined;
  const oldOnes = kept.get(idOfKey(activity.key ?? "")) ?? new Set();
  const isRight = metadata
    ? whatStays(object) === whatStays({ cacheControl, metadata })
    : oldOnes.has(whatStays(object));
  if (isNew && isRight) return;
  violated(WHOLE, keys[0], `${activity.name} put ${describeObject(object)}`);
}

/** Of what its own puts did; `undefined`: its answer is true. */
function whyUntrue({ ledger }: View, activity: Activity): string | undefined {
  const old = activity.key === undefined ? undefined : ledger.record(activity.key);
  const put = [...ledger.records.values()]
    .flatMap(({ writes, atMs }) => writes.map((write) => ({ write, atMs })))
    .find(({ write }) => write.kind === "put" && write.activity === activity);
  if (put === undefined || old === undefined) return "it never stored its content";
  const { executedMs = Number.POSITIVE_INFINITY } = put.write;
  return executedMs < Math.min(put.atMs, old.atMs) ? undefined : "it stored its content too late";
}
