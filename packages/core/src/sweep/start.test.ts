import { describe, expect, it } from "vitest";
import type { SweepEvent } from "../report/sweep-event.js";
import { createShards } from "../shards/create-shards.js";
import { isStoreError } from "../store/object-store-error.js";
import { observed } from "../test-support/sweeps.js";
import {
  keysOf,
  scheduleNumbered,
  storeError,
  type TestSchedule,
  testSchedule,
  waiting,
  watch,
  writeByHand,
} from "../test-support/test-schedule.js";
import { faultyStore, recordingStore } from "../testing/faulty-store.js";
import { createSweeper } from "./create-sweeper.js";

const iso = (time: string) => `2026-12-24T${time}Z`;

describe("start()", () => {
  it("delivers every event at its instant, minute after minute, until it is stopped", async () => {
    const home = testSchedule();
    const ids = Array.from({ length: 100 }, (_, index) => {
      const at = new Date(home.clock.now() + 1_000 + index * 2_900).toISOString();
      return `${at}|out|${index}|id`;
    });
    for (const id of ids) await writeByHand(home.store, id);
    const { delivered, observe } = watch(home);
    const reports: SweepEvent[] = [];
    const sweeping = createSweeper({
      ...home,
      allowTargets: ["*"],
      observe(event) {
        observe(event);
        if (event.type === "swept") reports.push(event);
      },
    }).start();
    await home.clock.advance("5m");
    const stopped = sweeping.stop();
    await home.clock.advance("5s");
    await stopped;
    await sweeping.done;
    expect(delivered).toHaveLength(100);
    expect(delivered.filter((line) => !line.endsWith("+0"))).toEqual([]);
    expect(reports.length).toBeGreaterThanOrEqual(4);
    expect(home.clock.sleepers).toBe(0);
  });

  it("copies an event once at the end of a range on a store without a lease", async () => {
    const home = testSchedule({ clock: "none" });
    await writeByHand(home.store, `${iso("12:01:54.000")}|out|k|id`);
    let copies = 0;
    const store = {
      ...home.store,
      copy: async (...call: Parameters<typeof home.store.copy>) => {
        copies += 1;
        await home.clock.sleep(8_000);
        return home.store.copy(...call);
      },
    };
    const sweeping = sweeper({ ...home, store }, () => {});
    await home.clock.advance("3m");
    const stopped = sweeping.stop();
    await home.clock.advance("5s");
    await stopped;
    expect(copies).toBe(1);
  });

  it.each(["list", "get", "put", "copy", "head", "delete"] as const)(
    "goes on after a custom store whose %s() answered null for a while",
    { tags: ["slow"] },
    async (kind) => {
      const home = testSchedule();
      await writeByHand(home.store, `${iso("12:00:30.000")}|out|first|id`);
      await writeByHand(home.store, `${iso("12:10:00.000")}|out|second|id`);
      let isBroken = false;
      const broken = new Proxy(home.store, {
        get: (store, name) =>
          name === kind && isBroken ? async () => null : Reflect.get(store, name),
      });
      const failures: unknown[] = [];
      const sweeping = sweeper({ ...home, store: broken }, (event) => {
        if (event.type === "sweep-failed") failures.push(event.error);
      });
      await home.clock.advance("1m");
      isBroken = true;
      await home.clock.advance("10m");
      isBroken = false;
      await home.clock.advance("20m");
      const stopped = sweeping.stop();
      await home.clock.advance("10s");
      await stopped;
      await sweeping.done;
      expect(failures.every((error) => isStoreError(error))).toBe(true);
      expect(await keysOf(home.store, "out")).toEqual(["first", "second"]);
    },
  );

  it("goes on after outages and through rejected credentials, and reports what is wrong", async () => {
    const home = testSchedule();
    await writeByHand(home.store, `${iso("12:05:00.000")}|out|k|id`);
    const outage = { error: storeError("unavailable", "get") as Error | undefined };
    const before = () => outage.error;
    const store = faultyStore(home.store, { before });
    const { delivered, observe } = watch(home);
    const heard: SweepEvent[] = [];
    const sweeping = sweeper({ ...home, store }, (event) => {
      observe(event);
      heard.push(event);
    });
    await home.clock.advance("4m");
    expect(heard.at(-1)).toEqual({ type: "sweep-failed", error: outage.error });
    outage.error = undefined;
    await home.clock.advance("2m");
    expect(delivered).toEqual(["12:05:00.000 k +0"]);
    expect(heard).toContainEqual({ type: "lease-taken", until: new Date(iso("12:06:00.000")) });
    for (const code of ["unauthenticated", "denied", "no-such-bucket"] as const) {
      outage.error = storeError(code, "list");
      await home.clock.advance("5m");
      expect(heard.at(-1)).toEqual({ type: "sweep-failed", error: outage.error });
      expect(sweeping.trouble).toMatchObject({ error: outage.error });
      outage.error = undefined;
      const at = new Date(home.clock.now() + 60_000).toISOString();
      await writeByHand(home.store, `${at}|out|after-${code}|id`);
      await home.clock.advance("3m");
      expect(delivered.at(-1)).toContain(`after-${code} +0`);
      expect(sweeping.trouble).toBeUndefined();
    }
    const stopped = sweeping.stop();
    await home.clock.advance("5s");
    await stopped;
    await sweeping.done;
  });

  it("leaves no timer behind if it is stopped at any moment after it took the lease", async () => {
    for (let ticks = 0; ticks < 60; ticks++) {
      const home = testSchedule();
      const abort = new AbortController();
      const put: typeof home.store.put = async (...call) => {
        const answer = await home.store.put(...call);
        void afterTicks(ticks).then(() => abort.abort());
        return answer;
      };
      const store = { ...home.store, put };
      const { signal } = abort;
      const sweeping = createSweeper({ ...home, store, allowTargets: ["*"] }).start({ signal });
      await home.clock.advance("6s");
      await sweeping.done;
      expect([ticks, home.clock.sleepers]).toEqual([ticks, 0]);
      const lease = await home.store.get({ bucket: "schedule", key: "keywhen/lease/sweep.json" });
      const text = await new Response(lease?.body).text();
      const isUnanswered = ticks < 3; // the write was broken off, and its entry ends by itself
      if (!isUnanswered) expect([ticks, JSON.parse(text).holders]).toEqual([ticks, []]);
    }
  });

  it("goes on through rejected credentials in the middle of its very first sweep", async () => {
    const home = testSchedule();
    const outage = { error: undefined as Error | undefined };
    const sweeping = sweeper({
      ...home,
      store: faultyStore(home.store, { before: () => outage.error }),
    });
    await home.clock.advance("10s");
    outage.error = storeError("unauthenticated", "list");
    await home.clock.advance("3m");
    expect(sweeping.trouble).toMatchObject({ error: outage.error });
    outage.error = undefined;
    await home.clock.advance("35s");
    expect(sweeping.trouble).toBeUndefined();
    const stopped = sweeping.stop();
    await home.clock.advance("5s");
    await stopped;
    await sweeping.done;
  });

  it("ends immediately if the configuration is wrong from the beginning", async () => {
    for (const code of ["unauthenticated", "denied", "no-such-bucket", "not-supported"] as const) {
      const home = testSchedule();
      const error = storeError(code, "list");
      const sweeping = sweeper({
        ...home,
        store: faultyStore(home.store, { before: () => error }),
      });
      const ended = expect(sweeping.done).rejects.toBe(error);
      await home.clock.advance("1s");
      await ended;
    }
  });

  const sweeper = (home: TestSchedule, observe?: (event: SweepEvent) => void) =>
    createSweeper({ ...home, allowTargets: ["*"], observe }).start();
});

describe("start() over shards", () => {
  it("delivers each event at its instant, also in shards that come into use during it", {
    tags: ["slow"],
  }, async () => {
    const home = testSchedule();
    const late: number[] = [];
    const observe = (event: SweepEvent) => {
      if (event.type === "delivered") late.push(event.latenessMs);
    };
    const sweeping = createSweeper({ ...home, allowTargets: ["*"], observe }).start();
    await home.clock.advance("1m");
    await createShards(home).setShards(4);
    await home.clock.advance("20m");
    await scheduleNumbered(home, 20, "map");
    expect((await waiting(home)).every((key) => key.startsWith("keywhen/pending.0"))).toBe(true);
    await home.clock.advance("2m");
    expect(late).toHaveLength(20);
    expect(Math.max(...late)).toBeLessThan(50);
    const stopping = sweeping.stop();
    await home.clock.advance("5s");
    await stopping;
  });
});

describe("start() that is stopped while it reads the shard map", () => {
  it("ends as it does at any other moment", async () => {
    const home = testSchedule();
    const stopping = new AbortController();
    const store = recordingStore(home.store, ({ kind }) => {
      if (kind === "get") stopping.abort();
    });
    const { types, observe } = observed();
    const sweeper = createSweeper({ ...home, store, allowTargets: ["*"], observe });
    const { signal } = stopping;
    await expect(sweeper.start({ signal }).done).resolves.toBeUndefined();
    expect(types).toEqual([]);
  });
});

async function afterTicks(count: number): Promise<void> {
  for (let tick = 0; tick < count; tick++) await Promise.resolve();
}
