import type { Plan } from "./plan.js";
import { ROOT, SCHEDULE_BUCKET } from "./schedule-keys.js";
import type { StoredObject, StoredObjects } from "./store/stored-objects.js";

const UNRECOGNIZED: StoredObject = {
  bytes: new TextEncoder().encode("not an event"),
  version: "unrecognized",
  lastModifiedMs: 0,
  contentType: undefined,
  contentEncoding: undefined,
  cacheControl: undefined,
  metadata: {},
};

export function putInitialObjects(objects: StoredObjects, plan: Plan): void {
  for (const key of plan.unrecognizedKeys)
    objects.set({ bucket: SCHEDULE_BUCKET, key }, UNRECOGNIZED);
  if (plan.shardMap.length === 0) return;
  objects.set({ bucket: SCHEDULE_BUCKET, key: `${ROOT}/shards.json` }, shardMap(plan));
}

/** Builds the object without core's code, because core is the code under test. */
function shardMap({ shardMap }: Plan): StoredObject {
  const numbers = shardMap.map(({ shards, fromMs }) => ({
    shards,
    from: new Date(fromMs).toISOString(),
  }));
  const bytes = new TextEncoder().encode(JSON.stringify({ version: 1, numbers }));
  return { ...UNRECOGNIZED, bytes, version: "map" };
}
