import { createScheduler, createShards, type ScheduleLocation } from "@keywhen/core";
import { describe, expect, it } from "vitest";
import { otherCodec } from "../../core/src/test-support/other-codec.js";
import { testSchedule } from "../../core/src/test-support/test-schedule.js";
import { examineStore } from "./examine-store.js";
import { examine, named } from "./testing/examine.js";

async function shardMapFinding(home: ScheduleLocation) {
  for await (const finding of examineStore(home)) if (finding.name === "shard map") return finding;
  return undefined;
}

describe("examineStore() on the shard map", () => {
  it("reports the number that writers use, and those whose events are still looked for", async () => {
    const home = testSchedule();
    expect(await shardMapFinding(home)).toMatchObject({ status: "ok", detail: "no shards" });
    await createShards(home).setShards(8);
    const detail = "no shards, 8 from 2026-12-24T12:20:00.000Z on";
    expect(await shardMapFinding(home)).toMatchObject({ status: "ok", detail });
    await home.clock.advance("1h");
    await createShards(home).setShards(4);
    await home.clock.advance("1h");
    const later = "4 shards, events of 8 still looked for";
    expect(await shardMapFinding(home)).toMatchObject({ status: "ok", detail: later });
  });

  it("fails if an event is in a shard that no sweeper lists", async () => {
    const home = testSchedule();
    await createShards(home).setShards(2);
    const to = { bucket: "out", key: "k" };
    for (let index = 0; index < 20; index++) {
      await createScheduler({ ...home, shards: 16 }).schedule({ in: "1h", to });
    }
    const detail = expect.stringContaining("no sweeper lists");
    expect(await shardMapFinding(home)).toMatchObject({ status: "fail", detail });
  });

  it("knows the number that this host is configured with, and the largest one", async () => {
    const home = testSchedule();
    const to = { bucket: "out", key: "k" };
    for (let index = 0; index < 20; index++) {
      await createScheduler({ ...home, shards: 16 }).schedule({ in: "1h", to });
    }
    expect(await shardMapFinding(home)).toMatchObject({ status: "fail" });
    expect(await shardMapFinding({ ...home, shards: 16 })).toMatchObject({ status: "ok" });
    expect(await shardMapFinding({ ...home, shards: "map" })).toMatchObject({ status: "fail" });
    expect(await shardMapFinding({ ...home, shards: 256 })).toMatchObject({ status: "ok" });
  });

  it("says nothing of keys of a format that knows no shards", async () => {
    const home = { ...testSchedule(), codec: otherCodec };
    expect(await shardMapFinding(home)).toBeUndefined();
  });

  it("fails if the object is not a shard map", async () => {
    const home = testSchedule();
    const ref = { bucket: "schedule", key: "keywhen/shards.json" };
    await home.store.put(ref, new TextEncoder().encode("{}"));
    expect(await shardMapFinding(home)).toMatchObject({ status: "fail" });
  });
});

describe("examineStore() on a sharded schedule", () => {
  it("reports how long the oldest due event of any shard waits, and how many leases are held", async () => {
    const home = testSchedule();
    await createShards(home).setShards(4);
    await home.clock.advance("20m");
    const to = { bucket: "out", key: "k" };
    await createScheduler({ ...home, shards: 4 }).schedule({ in: "0s", to });
    await home.clock.advance("1h");
    const findings = [];
    for await (const finding of examineStore(home)) findings.push(finding);
    expect(findings).toContainEqual(
      expect.objectContaining({
        name: "lag in shards",
        status: "fail",
        detail: expect.stringContaining("60 min"),
      }),
    );
    const detail = "held in 0 of 4 right now";
    expect(findings).toContainEqual({ name: "leases of shards", status: "ok", detail });
  });

  it("reports idle and held shards, and ignores objects that are not events", async () => {
    const home = testSchedule();
    await createShards(home).setShards(2);
    const unrecognized = { bucket: "schedule", key: "keywhen/pending.01/unrecognized" };
    await home.store.put(unrecognized, new Uint8Array());
    const held = {
      owner: "x",
      until: "2026-12-24T12:00:00.000Z",
      expires: "2026-12-24T12:01:00.000Z",
    };
    const lease = { bucket: "schedule", key: "keywhen/lease/sweep.01.json" };
    await home.store.put(lease, new TextEncoder().encode(JSON.stringify({ holders: [held] })));
    const findings = await examine(home);
    expect(named(findings, "lag in shards")).toMatchObject({ detail: "nothing waits" });
    expect(named(findings, "leases of shards")).toMatchObject({
      detail: "held in 1 of 2 right now",
    });
  });

  it("looks into every shard if the shard map can't be read, and for no lease if the store can't have one", async () => {
    const home = testSchedule({ clock: "none" });
    const ref = { bucket: "schedule", key: "keywhen/shards.json" };
    await home.store.put(ref, new TextEncoder().encode("{}"));
    const findings = await examine(home);
    expect(named(findings, "lag in shards")).toMatchObject({ detail: "nothing waits" });
    expect(named(findings, "leases of shards")).toBeUndefined();
  });
});
