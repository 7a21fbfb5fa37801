import { describe, expect, it } from "vitest";
import { resolveSchedule } from "../options/schedule.js";
import type { StoreRequest } from "../requests/wrap-store.js";
import { otherCodec } from "../test-support/other-codec.js";
import { failFirst, storeError, testSchedule } from "../test-support/test-schedule.js";
import { faultyStore, recordingStore } from "../testing/faulty-store.js";
import { createShards } from "./create-shards.js";
import { type Partition, Partitions } from "./partitions.js";

const SHARD_MAP = { bucket: "schedule", key: "keywhen/shards.json" };

/** The partitions of a schedule whose writers used two shards, then none, and use four now. */
async function partitionsOf(options: { readonly shards?: number | "map" } = {}) {
  const schedule = testSchedule();
  for (const number of [2, 0, 4]) {
    await createShards(schedule).setShards(number);
    await schedule.clock.advance("1h");
  }
  let requests = 0;
  let error: Error | undefined;
  const recorded = recordingStore(schedule.store, () => (requests += 1));
  const store = faultyStore(recorded, { before: () => error });
  const partitions = new Partitions(resolveSchedule({ ...schedule, store, ...options }));
  let unreadable = 0;
  const sweep = { store, signal: undefined, onUnreadable: () => (unreadable += 1) };
  return {
    clock: schedule.clock,
    partitions,
    toSweep: () => partitions.allToSweep(sweep),
    requests: () => requests,
    unreadable: () => unreadable,
    fail: (next: Error | undefined) => {
      error = next;
    },
    spoil: () => schedule.store.put(SHARD_MAP, new TextEncoder().encode("no shard map")),
    repair: () => createShards(schedule).setShards(4),
  };
}

const namesOf = (partitions: readonly Partition[]) =>
  partitions.map(({ prefix }) => prefix.replace("keywhen/", ""));

describe("Partitions", () => {
  it("are pending/ and all shards, each with its lease", async () => {
    const { partitions, requests } = await partitionsOf();
    const all = await partitions.all();
    const shards = ["pending.00/", "pending.01/", "pending.02/", "pending.03/"];
    expect(namesOf(all)).toEqual(["pending/", ...shards]);
    expect(all.map(({ leaseKey }) => leaseKey).slice(0, 2)).toEqual([
      "keywhen/lease/sweep.json",
      "keywhen/lease/sweep.00.json",
    ]);
    for (const [index, partition] of (await partitions.all()).entries())
      expect(partition).toBe(all[index]);
    expect(requests()).toBe(1);
  });

  it("may contain an event in its shard of each number, the newest first, and in pending/", async () => {
    const { partitions } = await partitionsOf();
    expect(namesOf(await partitions.of("order-42"))).toEqual([
      "pending.03/",
      "pending.01/",
      "pending/",
    ]);
    expect(namesOf(await partitions.of("order-40"))).toEqual(["pending.00/", "pending/"]);
    expect(namesOf(await partitions.of(undefined))).toEqual(["pending/"]);
  });

  it("give a writer its partition, and the others that may contain the event", async () => {
    const { partitions } = await partitionsOf({ shards: "map" });
    const { partition, others } = await partitions.forWriting("order-42");
    expect(namesOf([partition, ...others])).toEqual(["pending.03/", "pending.01/", "pending/"]);
  });

  it.each([
    [0, "pending/"],
    [2, "pending.01/"],
  ])("give a writer of %i shards its partition without a request", async (shards, prefix) => {
    const { partitions, requests } = await partitionsOf({ shards });
    const { partition, others } = await partitions.forWriting("order-42");
    expect([...namesOf([partition]), others.length, requests()]).toEqual([prefix, 0, 0]);
  });

  it.each([
    [8, 9],
    [4, 5],
  ])("include the shards of a configured number: %i", async (shards, count) => {
    const { partitions } = await partitionsOf({ shards });
    expect(await partitions.all()).toHaveLength(count);
  });

  it("are pending/ alone, without a request, where keys can't be in shards", async () => {
    const schedule = testSchedule();
    const store = faultyStore(schedule.store, { before: () => storeError("denied", "get") });
    const partitions = new Partitions(resolveSchedule({ ...schedule, store, codec: otherCodec }));
    const sweep = { store, signal: undefined, onUnreadable: () => {} };
    expect(await partitions.all()).toEqual([partitions.pending]);
    expect(await partitions.allToSweep(sweep)).toEqual([partitions.pending]);
  });

  it("are read once for all callers that wait, and again if that fails", async () => {
    const schedule = testSchedule();
    let requests = 0;
    const fails = failFirst("get", 1, storeError("denied", "get"));
    const before = (request: StoreRequest) => {
      requests += 1;
      return fails(request);
    };
    const store = faultyStore(schedule.store, { before });
    const partitions = new Partitions(resolveSchedule({ ...schedule, store }));
    const [first, ...others] = [partitions.all(), partitions.all(), partitions.all()];
    await expect(first).rejects.toMatchObject({ code: "denied" });
    const pending = [partitions.pending];
    expect(await Promise.all(others)).toEqual([pending, pending]);
    expect(requests).toBe(2);
  });

  it("are read again immediately if the object was no shard map", async () => {
    const { partitions, spoil, repair } = await partitionsOf();
    await spoil();
    await expect(partitions.all()).rejects.toMatchObject({ code: "unexpected" });
    await repair();
    expect(await partitions.all()).toHaveLength(257); // it may have held any number
  });
});

describe("Partitions to sweep", () => {
  it("are those of the last reading while the store does not answer", async () => {
    const { clock, toSweep, fail } = await partitionsOf();
    fail(storeError("unavailable", "get"));
    const refused = expect(toSweep()).rejects.toMatchObject({ code: "unavailable" });
    await clock.advance("1m");
    await refused;
    fail(undefined);
    expect(await toSweep()).toHaveLength(5);
    await clock.advance("10m");
    fail(storeError("unavailable", "get"));
    const kept = toSweep();
    await clock.advance("1m");
    expect(await kept).toHaveLength(5);
    fail(storeError("denied", "get"));
    await expect(toSweep()).rejects.toMatchObject({ code: "denied" });
  });

  it("are all possible ones if the object is no shard map, which is reported once a reading", async () => {
    const { toSweep, spoil, unreadable } = await partitionsOf();
    await spoil();
    expect(await toSweep()).toHaveLength(257);
    expect(await toSweep()).toHaveLength(257);
    expect(unreadable()).toBe(1);
  });
});
