import { describe, expect, it } from "vitest";
import { resolveSchedule } from "../options/schedule.js";
import { otherCodec } from "../test-support/other-codec.js";
import { failFirst, storeError, testSchedule } from "../test-support/test-schedule.js";
import { faultyStore } from "../testing/faulty-store.js";
import { createShards } from "./create-shards.js";
import { ShardMapReader } from "./shard-map-reader.js";

const SHARD_MAP = { bucket: "schedule", key: "keywhen/shards.json" };

async function readerOf(options: { shards?: number | "map" } = {}) {
  const home = testSchedule();
  await createShards(home).setShards(4);
  await home.clock.advance("20m");
  let error: Error | undefined;
  const store = faultyStore(home.store, { before: () => error });
  const reader = new ShardMapReader(resolveSchedule({ ...home, store, ...options }));
  let unreadable = 0;
  const call = { store, signal: undefined, onUnreadable: () => (unreadable += 1) };
  return {
    home,
    reader,
    sweeping: async () => (await reader.readToSweep(call)).numbers.map(({ shards }) => shards),
    unreadable: () => unreadable,
    fail: (next: Error | undefined) => {
      error = next;
    },
  };
}

describe("ShardMapReader", () => {
  it("keeps a sweeper's last reading while the store does not answer", async () => {
    const { home, sweeping, fail } = await readerOf();
    fail(storeError("unavailable", "get"));
    const never = sweeping();
    const refused = expect(never).rejects.toMatchObject({ code: "unavailable" });
    await home.clock.advance("1m");
    await refused;
    fail(undefined);
    expect(await sweeping()).toEqual([4]);
    await home.clock.advance("10m");
    fail(storeError("unavailable", "get"));
    const kept = sweeping();
    await home.clock.advance("1m");
    expect(await kept).toEqual([4]);
    fail(storeError("denied", "get"));
    await expect(sweeping()).rejects.toMatchObject({ code: "denied" });
  });

  it("makes a sweeper look everywhere if the object is not a shard map, and reports that once a reading", async () => {
    const { home, reader, sweeping, unreadable } = await readerOf({ shards: 8 });
    await home.store.put(SHARD_MAP, new TextEncoder().encode("no shard map"));
    expect(await sweeping()).toEqual([8, 256]);
    expect(await sweeping()).toEqual([8, 256]);
    expect(unreadable()).toBe(1);
    await expect(reader.read()).rejects.toMatchObject({ code: "unexpected" });
  });

  it("reads again immediately if the object was not a shard map: it may have been repaired", async () => {
    const { home, reader } = await readerOf();
    await home.store.put(SHARD_MAP, new TextEncoder().encode("no shard map"));
    await expect(reader.read()).rejects.toMatchObject({ code: "unexpected" });
    await createShards(home).setShards(4);
    expect((await reader.read()).numbers.at(-1)).toMatchObject({ shards: 4 });
  });

  it("lets a waiting caller read it again if a reading fails", async () => {
    const home = testSchedule();
    const before = failFirst("get", 1, storeError("denied", "get"));
    const reader = new ShardMapReader(
      resolveSchedule({ ...home, store: faultyStore(home.store, { before }) }),
    );
    const [first, second] = [reader.read(), reader.read()];
    await expect(first).rejects.toMatchObject({ code: "denied" });
    expect(await second).toEqual({ numbers: [] });
  });

  it("adds its configured number, unless the shard map has it", async () => {
    for (const [shards, numbers] of [
      [8, [8, 4]],
      [4, [4]],
    ] as const) {
      const { sweeping } = await readerOf({ shards });
      expect(await sweeping()).toEqual(numbers);
    }
  });

  it("reads nothing where keys can't be in shards", async () => {
    const home = testSchedule();
    const store = faultyStore(home.store, { before: () => storeError("denied", "get") });
    const reader = new ShardMapReader(resolveSchedule({ ...home, store, codec: otherCodec }));
    const call = { store, signal: undefined, onUnreadable: () => {} };
    expect(await reader.read()).toEqual({ numbers: [] });
    expect(await reader.readToSweep(call)).toEqual({ numbers: [] });
  });
});
