import {
  DeleteBucketPolicyCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import {
  createDeadLetters,
  createScheduler,
  createSweeper,
  type SweepEvent,
  type SweeperOptions,
} from "@keywhen/core";
import { type SweptReport, systemClock } from "@keywhen/core/internal";
import { withCeph } from "@keywhen/test-servers";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { s3Store } from "./s3-store.js";
import { cephForTests } from "./testing/ceph-for-tests.js";

const HOUR_MS = 3_600_000;

// By the fast lane; fast-lane-answers.test.ts compares what it makes of each answer with the SDK.
withCeph(describe)("what can go wrong with an event on a Ceph gateway", () => {
  const ceph = cephForTests("schedule", "target", "forbidden");
  let root = "";
  let tests = 0;
  beforeAll(() => deny("forbidden", "s3:PutObject"));
  beforeEach(() => {
    tests += 1;
    root = `test-${tests}`; // each test has a separate schedule
  });

  const home = () => ({
    store: s3Store({ client: ceph().client, service: "ceph" }),
    bucket: "schedule",
    root,
  });

  async function sweep(options: Partial<SweeperOptions> = {}): Promise<SweptReport> {
    const report = await createSweeper({ ...home(), allowTargets: ["*"], ...options }).sweep();
    if (report.outcome === "swept") return report;
    throw new Error(`held by ${report.by}`);
  }

  async function deny(bucket: string, action: string): Promise<void> {
    const Resource = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
    const Statement = [{ Effect: "Deny", Principal: "*", Action: action, Resource }];
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
    await ceph().client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
  }

  async function schedule(bucket: string, key = "k", at = new Date()): Promise<string> {
    const { id } = await createScheduler(home()).schedule({ at, to: { bucket, key }, body: key });
    return id;
  }

  async function idsIn(folder: "pending" | "dead"): Promise<string[]> {
    const prefix = `${root}/${folder}/`;
    const { objects } = await home().store.list({ bucket: "schedule", prefix });
    return objects.map(({ key }) => key.slice(prefix.length));
  }

  it.each([
    ["a missing target bucket", "missing-bucket", "no-such-bucket"],
    ["a target that is denied", "forbidden", "denied"],
  ])("%s: it waits, backs off, and delays no other event", async (_, bucket, code) => {
    const id = await schedule(bucket);
    await schedule("target");
    const seen: SweepEvent[] = [];
    const first = await sweep({ observe: (event) => seen.push(event) });
    expect(first).toMatchObject({ delivered: 1, retrying: 1, dead: 0 });
    expect(seen).toContainEqual(
      expect.objectContaining({ type: "failed", id, error: expect.objectContaining({ code }) }),
    );
    expect(await idsIn("pending")).toEqual([id]);
  });

  it.each([
    ["missing-bucket", "no-such-bucket"],
    ["forbidden", "denied"],
  ])(
    "%s: after maxAge it is a dead letter that says why, and can be redriven",
    async (bucket, code) => {
      const id = await schedule(bucket);
      // Without a lease there is no delivery history, so only its age counts.
      const store = s3Store({ client: ceph().client, service: "generic" });
      const sweepOnce = async () => (await sweep({ store, maxAge: "1ms" })).dead;
      await expect.poll(sweepOnce, { timeout: 10_000 }).toBe(1); // Dates have whole seconds
      expect(await idsIn("pending")).toEqual([]);
      const dead = createDeadLetters(home());
      expect(await dead.get(id)).toMatchObject({ reason: "max-age", error: { code } });
      expect(await dead.redrive(id)).toMatchObject({ outcome: "redriven" });
      expect(await idsIn("dead")).toEqual([]);
      expect(await idsIn("pending")).toHaveLength(1);
    },
  );

  it("a target outside of allowTargets: it is a dead letter after the first sweep", async () => {
    const id = await schedule("forbidden");
    await schedule("target");
    expect(await sweep({ allowTargets: ["target/*"] })).toMatchObject({ dead: 1, due: 2 });
    expect(await createDeadLetters(home()).get(id)).toMatchObject({
      reason: "target-not-allowed",
    });
  });

  it("a target key that is too long, and an impossible bucket name: a dead letter after the first sweep", async () => {
    // Written by hand: the scheduler refuses them. Escaped in the schedule's key they must still fit.
    const at = new Date().toISOString();
    const longTarget = `${at}|target|${"k".repeat(960)}`;
    const badBucket = `${at}|${"B".repeat(300)}|k`;
    await put(longTarget);
    await put(badBucket);
    const report = await sweep({ concurrency: 1 });
    expect(report).toMatchObject({ delivered: 1, dead: 1 }); // 960 bytes alone are no problem
    expect(await createDeadLetters(home()).get(badBucket)).toMatchObject({
      reason: "target-invalid",
      error: { code: "invalid-key" },
    });
  });

  it("a source that vanishes between listing and copy: it is gone, and nothing is written", async () => {
    const id = await schedule("target", "vanishing");
    const { store } = home();
    const late: SweeperOptions["store"] = {
      ...store,
      copy: async (...call) => {
        await store.delete("schedule", [`${root}/pending/${id}`]);
        return store.copy(...call);
      },
    };
    expect(await sweep({ store: late })).toMatchObject({ gone: 1, delivered: 0, retrying: 0 });
    expect(await store.head({ bucket: "target", key: "vanishing" })).toBeUndefined();
  });

  it("a delete that is denied: copying stops after the first, and nothing is delivered again", async () => {
    for (let index = 0; index < 50; index++) await schedule("target", `denied-${index}`);
    await deny("schedule", "s3:DeleteObject");
    const first = await sweep({ concurrency: 4 });
    expect(first).toMatchObject({ truncated: "denied" });
    expect(first.undeleted).toBe(first.delivered);
    expect(first.delivered).toBeLessThan(50);
    await ceph().client.send(new DeleteBucketPolicyCommand({ Bucket: "schedule" }));
    const second = await sweep();
    // Events that were written more than two seconds before the first sweep count as tried, and wait for their next try.
    expect(second.alreadyDelivered + second.retrying).toBe(first.delivered);
    expect(second.delivered).toBe(50 - first.delivered);
    expect(await idsIn("pending")).toHaveLength(second.retrying);
  });

  it("unrecognized objects: counts them and does not change them", async () => {
    const unrecognized = [
      "2026-02-30T00:00:00.000Z|target|k",
      "2020-01-01T00:00:00.000Z|target",
      "2020",
    ];
    for (const id of unrecognized) await put(id);
    await schedule("target");
    expect(await sweep()).toMatchObject({ unrecognized: 3, delivered: 1, dead: 0 });
    expect(await idsIn("pending")).toEqual([...unrecognized].sort());
  });

  it("a clock that is an hour ahead: nothing is copied; an hour behind: it is late and not lost", async () => {
    const id = await schedule("target", "k", new Date(Date.now() + HOUR_MS / 2));
    const clock = (offsetMs: number) => ({
      ...systemClock,
      now: () => Date.now() + offsetMs,
    });
    expect(await sweep({ clock: clock(HOUR_MS) })).toMatchObject({ truncated: "clock-skew" });
    expect(await sweep({ clock: clock(-HOUR_MS) })).toMatchObject({ due: 0 });
    const scheduler = createScheduler({ ...home(), clock: clock(-HOUR_MS) });
    await expect(scheduler.cancel(id)).rejects.toMatchObject({ code: "clock-skew" });
    expect(await idsIn("pending")).toEqual([id]);
  });

  function put(id: string) {
    const Key = `${root}/pending/${id}`;
    return ceph().client.send(new PutObjectCommand({ Bucket: "schedule", Key, Body: "x" }));
  }
});
