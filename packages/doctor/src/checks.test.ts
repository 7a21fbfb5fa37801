import { createScheduler, createShards, type ScheduleLocation } from "@keywhen/core";
import { type Finding, type ObjectStore, wrapStore } from "@keywhen/core/store";
import { faultyStore, manualClock, memoryStore } from "@keywhen/core/testing";
import { describe, expect, it } from "vitest";
import { otherCodec } from "../../core/src/test-support/other-codec.js";
import {
  NOON,
  storeError,
  sweeperOf,
  testSchedule,
  writeAllowed,
  writeByHand,
} from "../../core/src/test-support/test-schedule.js";
import { examine, failedIn, named } from "./testing/examine.js";

async function findingOf(name: string, home: ScheduleLocation): Promise<Finding | undefined> {
  return named(await examine(home), name);
}

describe("checkDeadLetters()", () => {
  it("counts dead letters, and says what to do", async () => {
    const home = testSchedule();
    expect(await findingOf("dead letters", home)).toEqual({
      name: "dead letters",
      status: "ok",
      detail: "none",
    });
    for (const key of ["a", "b"]) await writeByHand(home.store, `${NOON}|wrong|${key}`);
    await writeAllowed(home.store);
    await sweeperOf(home, { allowTargets: ["out/*"] }).sweep();
    expect(await findingOf("dead letters", home)).toEqual({
      name: "dead letters",
      status: "warn",
      detail: "2 could not be delivered",
      hint: expect.stringContaining("keywhen dead list"),
    });
  });

  it("counts only one page", async () => {
    const home = testSchedule();
    const list: ObjectStore["list"] = (page, call) => home.store.list({ ...page, limit: 1 }, call);
    for (const key of ["a", "b"]) await writeByHand(home.store, `${NOON}|wrong|${key}`);
    await writeAllowed(home.store);
    await sweeperOf(home, { allowTargets: ["out/*"] }).sweep();
    expect(
      await findingOf("dead letters", { ...home, store: { ...home.store, list } }),
    ).toMatchObject({
      detail: "1 or more could not be delivered",
    });
  });

  it("only warns if it may not look", async () => {
    const home = testSchedule();
    const store = faultyStore(home.store, {
      before: ({ kind, key }) => (key === "keywhen/dead/" ? storeError("denied", kind) : undefined),
    });
    expect(await findingOf("dead letters", { ...home, store })).toMatchObject({ status: "warn" });
  });
});

const putLease = (store: ObjectStore, text: string) =>
  store.put(
    { bucket: "schedule", key: "keywhen/lease/sweep.json" },
    new TextEncoder().encode(text),
  );

const heldUntil = (expires: string) =>
  JSON.stringify({ holders: [{ owner: "web-1/x", until: NOON, expires }], nonce: "n" });

describe("checkLease()", () => {
  it("reports whether a sweeper has taken the lease, and which one holds it", async () => {
    const home = testSchedule();
    expect(await findingOf("lease", home)).toMatchObject({
      status: "ok",
      detail: "no sweeper has taken it yet",
    });
    await writeByHand(home.store, `${NOON}|out|k`);
    await sweeperOf(home).sweep();
    expect(await findingOf("lease", home)).toMatchObject({
      detail: "no sweeper is at work right now",
    });
    await putLease(home.store, heldUntil("2026-12-24T12:01:00.000Z"));
    expect(await findingOf("lease", home)).toMatchObject({
      status: "ok",
      detail: "held by web-1/x until 2026-12-24T12:01:00.000Z or longer",
    });
    await putLease(
      home.store,
      heldUntil("2026-12-24T12:01:00.000Z").replace(/(\{"owner.*?\})/, "$1,$1,$1"),
    );
    expect(await findingOf("lease", home)).toMatchObject({
      detail: "held by web-1/x until 2026-12-24T12:01:00.000Z or longer, and 2 more",
    });
    await putLease(home.store, heldUntil("2026-12-24T11:00:00.000Z"));
    expect(await findingOf("lease", home)).toMatchObject({
      detail: "no sweeper is at work right now",
    });
  });

  it("warns about an object that is not a lease, and does not change it", async () => {
    const home = testSchedule();
    await putLease(home.store, "hello");
    expect(await findingOf("lease", home)).toMatchObject({
      status: "warn",
      detail: "keywhen/lease/sweep.json is not a lease",
      hint: expect.stringContaining("the next sweep replaces it"),
    });
    const opened = await home.store.get({ bucket: "schedule", key: "keywhen/lease/sweep.json" });
    expect(await new Response(opened?.body).text()).toBe("hello");
  });

  it("only warns if it may not look, or if the store can't have a lease", async () => {
    const home = testSchedule();
    const store = faultyStore(home.store, {
      before: ({ kind }) => (kind === "get" ? storeError("denied", kind) : undefined),
    });
    expect(await findingOf("lease", { ...home, store })).toMatchObject({ status: "warn" });
    const capabilities = { ...home.store.capabilities, putIfVersion: false };
    expect(
      await findingOf("lease", { ...home, store: { ...home.store, capabilities } }),
    ).toMatchObject({
      status: "warn",
      hint: "run one sweeper at a time; for an S3 endpoint that honors conditional puts, set its service",
    });
  });
});

describe("examineStore() on the shard map", () => {
  it("reports the number that writers use, and those whose events are still listed", async () => {
    const home = testSchedule();
    expect(await findingOf("shard map", home)).toMatchObject({ status: "ok", detail: "no shards" });
    await createShards(home).setShards(8);
    const detail = "no shards, 8 from 2026-12-24T12:20:00.000Z on";
    expect(await findingOf("shard map", home)).toMatchObject({ status: "ok", detail });
    await home.clock.advance("1h");
    await createShards(home).setShards(4);
    await home.clock.advance("1h");
    const later = "4 shards, events in 8 still listed";
    expect(await findingOf("shard map", home)).toMatchObject({ status: "ok", detail: later });
  });

  it("fails if an event is in a shard that no sweeper lists", async () => {
    const home = testSchedule();
    await createShards(home).setShards(2);
    const to = { bucket: "out", key: "k" };
    for (let index = 0; index < 20; index++) {
      await createScheduler({ ...home, shards: 16 }).schedule({ in: "1h", to });
    }
    const detail = expect.stringContaining("no sweeper lists");
    expect(await findingOf("shard map", home)).toMatchObject({ status: "fail", detail });
  });

  it("includes the number of this host's configuration, and the largest one", async () => {
    const home = testSchedule();
    const to = { bucket: "out", key: "k" };
    for (let index = 0; index < 20; index++) {
      await createScheduler({ ...home, shards: 16 }).schedule({ in: "1h", to });
    }
    expect(await findingOf("shard map", home)).toMatchObject({ status: "fail" });
    expect(await findingOf("shard map", { ...home, shards: 16 })).toMatchObject({ status: "ok" });
    expect(await findingOf("shard map", { ...home, shards: "map" })).toMatchObject({
      status: "fail",
    });
    expect(await findingOf("shard map", { ...home, shards: 256 })).toMatchObject({ status: "ok" });
  });

  it("reports nothing for a codec without shards", async () => {
    const home = { ...testSchedule(), codec: otherCodec };
    expect(await findingOf("shard map", home)).toBeUndefined();
  });

  it("fails if the object is not a shard map", async () => {
    const home = testSchedule();
    const ref = { bucket: "schedule", key: "keywhen/shards.json" };
    await home.store.put(ref, new TextEncoder().encode("{}"));
    expect(await findingOf("shard map", home)).toMatchObject({ status: "fail" });
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
    const findings = await examine(home);
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

  it("lists every shard if the shard map can't be read, and reads no lease if the store can't have one", async () => {
    const home = testSchedule({ clock: "none" });
    const ref = { bucket: "schedule", key: "keywhen/shards.json" };
    await home.store.put(ref, new TextEncoder().encode("{}"));
    const findings = await examine(home);
    expect(named(findings, "lag in shards")).toMatchObject({ detail: "nothing waits" });
    expect(named(findings, "leases of shards")).toBeUndefined();
  });
});

describe("examineStore() and time", () => {
  it.each([
    [-3_000, "fail"],
    [-500, "ok"],
    [500, "ok"],
    [3_000, "fail"],
  ] as const)("compares clocks: %s ms makes %s", async (aheadMs, status) => {
    const storeClock = manualClock(NOON);
    const clock = manualClock(new Date(storeClock.now() + 500 + aheadMs));
    const store = memoryStore({ clock: storeClock, capabilities: { clock: "store" } });
    const findings = await examine({ store, bucket: "schedule", clock });
    const direction = aheadMs > 0 ? "ahead of" : "behind";
    const seconds = Math.abs(aheadMs) / 1_000;
    expect(named(findings, "clock")).toMatchObject({
      status,
      detail: `this machine is ${seconds} s ${direction} the store`,
    });
  });

  it("fails if a store that declares a clock reports no time", async () => {
    const home = testSchedule();
    const store = wrapStore(home.store, (_, call, send) => send({ ...call, onDate: undefined }));
    expect(failedIn(await examine({ ...home, store }))).toEqual(["clock"]);
    const none = testSchedule({ clock: "none" });
    expect(named(await examine(none), "clock")).toMatchObject({ status: "warn" });
  });

  it.each([
    ["2026-12-24T12:00:00.001Z", "ok", "nothing is due"],
    ["2026-12-24T11:59:29.000Z", "ok", "the oldest due event has waited for 31 s"],
    ["2026-12-24T11:59:00.000Z", "ok", "the oldest due event has waited for 1 min"],
    ["2026-12-24T11:55:00.000Z", "warn", "the oldest due event has waited for 5 min"],
    ["2026-12-24T10:00:00.000Z", "fail", "the oldest due event has waited for 2 h"],
    ["2026-12-20T12:00:00.000Z", "fail", "the oldest due event has waited for 4 d"],
  ] as const)("sees how long the oldest event has waited: %s", async (at, status, detail) => {
    const home = testSchedule();
    await writeByHand(home.store, "0000-not-an-event");
    await writeByHand(home.store, `${at}|out|k|id`);
    await writeByHand(home.store, "2026-12-24T11:59:59.000Z|out|k|later");
    if (status === "ok" && detail.startsWith("nothing")) {
      await home.store.delete("schedule", ["keywhen/pending/2026-12-24T11:59:59.000Z|out|k|later"]);
    }
    expect(named(await examine(home), "lag")).toMatchObject({ status, detail });
  });

  it("counts the events that have expired", async () => {
    const home = testSchedule();
    for (const expiry of ["", "~x300000", "~x299999", "~x1000"]) {
      await writeByHand(home.store, `2026-12-24T11:55:00.000Z|out|k|id${expiry}`);
    }
    expect(named(await examine(home), "lag")).toMatchObject({
      status: "warn",
      detail: "the oldest due event has waited for 5 min; expired, to be dead-lettered: 2",
    });
  });

  it("warns about objects before the first event that are not events", async () => {
    const home = testSchedule();
    await writeByHand(home.store, "0000-not-an-event");
    expect(named(await examine(home), "lag")).toMatchObject({ status: "warn" });
  });
});
