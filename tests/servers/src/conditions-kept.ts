import { createScheduler, createSweeper } from "@keywhen/core";
import type { ObjectStore } from "@keywhen/core/store";
import { startFaultProxy } from "./fault-proxy.js";

interface ConditionsKept {
  /** Puts under the version of `put`, `head` and `get`, and under an old one. */
  readonly puts: readonly string[];
  readonly scheduled: readonly string[];
  readonly leases: readonly string[];
}

async function conditionsKept(store: ObjectStore): Promise<ConditionsKept> {
  const ref = { bucket: "target", key: "conditions" };
  const body = (text: string) => new TextEncoder().encode(text);
  const first = await store.put(ref, body("1"));
  const stale = first.outcome === "written" ? first.version : "";
  const puts: string[] = [];
  const putAfter = async (version: string | undefined, text: string) => {
    const condition = { if: "version", version: version ?? "" } as const;
    puts.push((await store.put(ref, body(text), { condition })).outcome);
  };
  await putAfter(stale, "2");
  await putAfter((await store.head(ref))?.version, "3");
  const opened = await store.get(ref);
  await opened?.body.cancel();
  await putAfter(opened?.version, "4");
  await putAfter(stale, "5");

  const home = { store, bucket: "schedule" };
  const event = {
    at: "2096-12-24T09:00:00Z",
    to: { bucket: "target", key: "chosen" },
    deliveryId: "one",
  } as const;
  const scheduler = createScheduler(home);
  const scheduled = [await scheduler.schedule(event), await scheduler.schedule(event)];

  const leases: string[] = [];
  for (const key of ["a", "b"]) {
    await store.put(
      { bucket: "schedule", key: `keywhen/pending/${PAST}|target|${key}` },
      body(key),
    );
    const report = await createSweeper({ ...home, allowTargets: ["target/*"] }).sweep();
    leases.push(
      report.outcome === "swept" ? `${report.delivered} ${report.lease}` : report.outcome,
    );
  }
  return { puts, scheduled: scheduled.map(({ outcome }) => outcome), leases };
}

const PAST = "2026-01-01T00:00:00.000Z";

/** Uses the buckets `schedule` and `target`, which `open` makes, through a proxy that weakens every ETag. */
export async function conditionsKeptWithWeakEtags<S extends Server>(
  server: S,
  open: (server: S) => Promise<ObjectStore>,
): Promise<ConditionsKept> {
  const proxy = await startFaultProxy({
    target: server.endpoint,
    decide: () => ({ kind: "weaken-etag" }),
  });
  try {
    return await conditionsKept(await open({ ...server, endpoint: proxy.url }));
  } finally {
    await proxy.close();
  }
}

interface Server {
  readonly endpoint: string;
}

export const CONDITIONS_KEPT: ConditionsKept = {
  puts: ["written", "written", "written", "changed"],
  scheduled: ["scheduled", "exists"],
  leases: ["1 taken", "1 taken"],
};
