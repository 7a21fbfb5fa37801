import { describe, expect, it } from "vitest";
import type { SweepEvent } from "../report/sweep-event.js";
import { createShards } from "../shards/create-shards.js";
import {
  scheduleNumbered,
  storeError,
  testSchedule,
  waiting,
} from "../test-support/test-schedule.js";
import { faultyStore, recordingStore } from "../testing/faulty-store.js";
import { createSweeper } from "./create-sweeper.js";

describe("start() over shards", () => {
  it("delivers each event at its instant, also in shards that come into use meanwhile", async () => {
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
    const told: string[] = [];
    const observe = ({ type }: SweepEvent) => void told.push(type);
    const sweeper = createSweeper({ ...home, store, allowTargets: ["*"], observe });
    const { signal } = stopping;
    await expect(sweeper.start({ signal }).done).resolves.toBeUndefined();
    expect(told).toEqual([]);
  });
});

describe("a sweep that looks ahead for long", () => {
  it("takes in the shards that come into use meanwhile", async () => {
    const home = testSchedule();
    const sweeping = createSweeper({ ...home, allowTargets: ["*"] }).sweep({
      lookAhead: "1h",
      poll: "60s",
    });
    await home.clock.advance("1m");
    await createShards(home).setShards(4);
    await home.clock.advance("20m");
    await scheduleNumbered(home, 20, "map");
    await home.clock.advance("2m");
    expect(await waiting(home)).toEqual([]);
    await home.clock.advance("2h");
    expect(await sweeping).toMatchObject({ delivered: 20 });
  });

  it("reads the shard map again after a failure, and sweeps the shards of the last reading", async () => {
    const home = testSchedule();
    let isDown = false;
    const store = faultyStore(home.store, {
      before: ({ key }) =>
        isDown && key === "keywhen/shards.json" ? storeError("denied", "get") : undefined,
    });
    const sweeping = createSweeper({ ...home, store, allowTargets: ["*"] }).sweep({
      lookAhead: "1h",
      poll: "60s",
    });
    await home.clock.advance("1m");
    await createShards(home).setShards(4);
    isDown = true;
    await home.clock.advance("15m");
    isDown = false;
    await home.clock.advance("10m");
    await scheduleNumbered(home, 20, "map");
    await home.clock.advance("2h");
    expect(await sweeping).toMatchObject({ delivered: 20, shards: { swept: 5, failed: 0 } });
  });
});
