import { describe, expect, it } from "vitest";
import { resolveSchedule } from "../options/schedule.js";
import { testSchedule } from "../test-support/test-schedule.js";
import { recordingStore } from "../testing/faulty-store.js";
import { createShards } from "./create-shards.js";
import { type Partition, Partitions } from "./partitions.js";

/** The partitions of a schedule whose writers used two shards, then none, and use four now. */
async function partitionsOf(shards: number | "map") {
  const home = testSchedule();
  for (const number of [2, 0, 4]) {
    await createShards(home).setShards(number);
    await home.clock.advance("1h");
  }
  let requests = 0;
  const store = recordingStore(home.store, () => (requests += 1));
  const partitions = new Partitions(resolveSchedule({ ...home, store, shards }));
  return { partitions, requests: () => requests };
}

const namesOf = (partitions: readonly Partition[]) =>
  partitions.map(({ prefix }) => prefix.replace("keywhen/", ""));

describe("Partitions", () => {
  it("are pending/ and all shards, each with its lease, and the same objects every time", async () => {
    const { partitions, requests } = await partitionsOf("map");
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

  it("hold an event in its shard of each number, the newest first, or in pending/", async () => {
    const { partitions } = await partitionsOf("map");
    expect(namesOf(await partitions.of("order-42"))).toEqual([
      "pending.03/",
      "pending.01/",
      "pending/",
    ]);
    expect(namesOf(await partitions.of(undefined))).toEqual(["pending/"]);
  });

  it("have one that a writer puts an event into, and others where it may be", async () => {
    const { partitions } = await partitionsOf("map");
    const { partition, others } = await partitions.forWriting("order-42");
    expect(namesOf([partition, ...others])).toEqual(["pending.03/", "pending.01/", "pending/"]);
  });

  it.each([
    [0, "pending/"],
    [2, "pending.01/"],
  ])("are not read by a writer of %i shards, which knows of no other", async (shards, prefix) => {
    const { partitions, requests } = await partitionsOf(shards);
    const { partition, others } = await partitions.forWriting("order-42");
    expect([...namesOf([partition]), others.length, requests()]).toEqual([prefix, 0, 0]);
  });
});
