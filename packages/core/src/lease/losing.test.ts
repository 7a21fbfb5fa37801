import { describe, expect, it } from "vitest";
import type { ObjectStore } from "../store/object-store.js";
import {
  storeError,
  sweeperOf,
  type TestSchedule,
  testSchedule,
  waitingIn,
  writeByHand,
} from "../test-support/test-schedule.js";
import { recordingStore } from "../testing/faulty-store.js";

const LEASE = { bucket: "schedule", key: "keywhen/lease/sweep.json" };
const DUE = "2026-12-24T11:59:00.000Z";

async function scheduleWith(...ids: string[]): Promise<TestSchedule> {
  const home = testSchedule();
  for (const id of ids) await writeByHand(home.store, id);
  return home;
}

async function readLease(store: ObjectStore): Promise<Record<string, unknown>> {
  const opened = await store.get(LEASE);
  return JSON.parse(await new Response(opened?.body).text());
}

function writeLease(store: ObjectStore, content: unknown) {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return store.put(LEASE, new TextEncoder().encode(text));
}

describe("a sweeper that loses its lease", () => {
  it("copies nothing more, deletes what is confirmed, and says so", async () => {
    const ids = Array.from({ length: 200 }, (_, index) => `${DUE}|out|${index}|id`);
    const home = await scheduleWith(...ids);
    let copies = 0;
    const store = {
      ...recordingStore(home.store, () => {}),
      copy: async (...call: Parameters<ObjectStore["copy"]>) => {
        copies += 1;
        await home.clock.sleep(1_000);
        return home.store.copy(...call);
      },
      put: async (...call: Parameters<ObjectStore["put"]>) => {
        if (copies > 0) throw storeError("unavailable", "put", { undecided: false });
        return home.store.put(...call);
      },
    };
    const limits = { leaseDuration: "10s", concurrency: 1 } as const;
    const sweeping = sweeperOf({ ...home, store }, limits).sweep();
    await home.clock.advance("1m");
    const report = await sweeping;
    expect(report).toMatchObject({ lease: "lost", truncated: "lease-lost", undeleted: 0 });
    expect(report.delivered).toBeGreaterThan(0);
    expect(report.delivered).toBeLessThan(9);
    expect(await waitingIn(home.store)).toHaveLength(200 - report.delivered);
  });

  it("stops if its entry is gone, and never renews it", async () => {
    const home = await scheduleWith(...Array.from({ length: 100 }, (_, i) => `${DUE}|out|${i}|id`));
    const store = {
      ...home.store,
      copy: async (...call: Parameters<ObjectStore["copy"]>) => {
        await home.clock.sleep(1_000);
        return home.store.copy(...call);
      },
    };
    const sweeping = sweeperOf(
      { ...home, store },
      { leaseDuration: "20s", concurrency: 1 },
    ).sweep();
    await home.clock.advance("2s");
    await writeLease(home.store, { holders: [] });
    await home.clock.advance("1m");
    const report = await sweeping;
    expect(report).toMatchObject({ truncated: "lease-lost" });
    expect(report.delivered).toBeLessThan(14);
    expect(await readLease(home.store)).toEqual({ holders: [] });
  });

  it("believes its wall clock if that runs ahead: the machine may have slept", async () => {
    const home = await scheduleWith(...Array.from({ length: 10 }, (_, i) => `${DUE}|out|${i}|id`));
    const store = {
      ...home.store,
      copy: async (...call: Parameters<ObjectStore["copy"]>) => {
        await home.clock.sleep(1_000);
        return home.store.copy(...call);
      },
    };
    const sweeping = sweeperOf({ ...home, store }, { concurrency: 1 }).sweep();
    await home.clock.advance("2s");
    home.clock.set("2026-12-24T12:05:00.000Z");
    await home.clock.advance("10s");
    expect(await sweeping).toMatchObject({ truncated: "lease-lost", lease: "lost" });
  });
});
