import { PutObjectCommand } from "@aws-sdk/client-s3";
import { createScheduler, createShards, createSweeper } from "@keywhen/core";
import { withCeph } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { s3Store } from "./s3-store.js";
import { cephForTests } from "./testing/ceph-for-tests.js";
import { LANES } from "./testing/on-wire.js";

const HOUR_MS = 3_600_000;
const LONG_MS = 120_000;

withCeph(describe)("a large sweep on a Ceph gateway", () => {
  const ceph = cephForTests("schedule", "target");

  /** Events as another client writes them: keys in three parts, put one by one. */
  async function writeByHand(count: number, offsetMs: number, name: string): Promise<void> {
    const at = new Date(Date.now() + offsetMs).toISOString();
    const Body = Buffer.alloc(256, name);
    for (let start = 0; start < count; start += 32) {
      const batch = Array.from({ length: Math.min(32, count - start) }, (_, index) => {
        const Key = `keywhen/pending/${at}|target|${name}/${start + index}`;
        return ceph().client.send(new PutObjectCommand({ Bucket: "schedule", Key, Body }));
      });
      await Promise.all(batch);
    }
  }

  it(
    "sends a COPY for each due event, few LIST and DELETE, and one LIST when nothing is due",
    async () => {
      await writeByHand(1_000, -HOUR_MS, "due");
      await writeByHand(1_001, HOUR_MS, "pending");
      const store = s3Store({ client: ceph().client, service: "ceph" });
      const sweeper = createSweeper({ store, bucket: "schedule", allowTargets: ["target/*"] });
      const report = await sweeper.sweep();
      const { requests, durationMs } = report;
      expect(report).toMatchObject({ delivered: 1_000, lease: "taken" });
      expect(requests).toMatchObject({ list: 2, copy: 1_000, head: 0, get: 4, put: 2 });
      // The first alone, one a second while copies arrive, one at the end: 3 to 5 on a machine at rest.
      expect(requests.delete).toBeLessThanOrEqual(2 + Math.ceil(durationMs / 1_000));
      const idle = await sweeper.sweep();
      expect(idle).toMatchObject({ due: 0, requests: { list: 1, copy: 0, delete: 0 } });
    },
    LONG_MS,
  );
});

withCeph(describe).each(LANES)("a sweep on a Ceph gateway, by the $lane", ({ fastLane }) => {
  const ceph = cephForTests("schedule", "target");
  const home = () => ({
    store: s3Store({ client: ceph().client, service: "ceph", fastLane }),
    bucket: "schedule",
  });
  const sweep = () => createSweeper({ ...home(), allowTargets: ["target/*"] }).sweep();

  it("spreads a schedule over shards, and finds, moves, cancels and delivers its events", async () => {
    const sharded = { ...home(), root: "spread" };
    await createShards(sharded).setShards(4);
    const scheduler = createScheduler({ ...sharded, shards: 4 });
    const far = Array.from({ length: 12 }, (_, index) => ({
      at: new Date(Date.now() + HOUR_MS),
      to: { bucket: "target", key: `spread/far-${index}` },
      deliveryId: `far-${index}`,
    }));
    const ids: string[] = [];
    for (const event of far) ids.push((await scheduler.schedule(event)).id);
    const listed: string[] = [];
    for await (const { id } of createScheduler(sharded).list()) listed.push(id);
    expect(listed).toEqual(ids.toSorted());
    const [first = "", second = "", ...others] = ids;
    const moved = await createScheduler(sharded).reschedule(first, { in: "2h" });
    expect(moved.outcome).toBe("rescheduled");
    expect(await createScheduler(sharded).cancel(second)).toMatchObject({ outcome: "cancelled" });
    for (const id of others) await createScheduler(sharded).cancel(id);
    for (let index = 0; index < 20; index++) {
      await scheduler.schedule({ in: "0s", to: { bucket: "target", key: `spread/due-${index}` } });
    }
    const sweeper = createSweeper({ ...sharded, allowTargets: ["target/*"] });
    expect(await sweeper.sweep()).toMatchObject({
      delivered: 20,
      shards: { swept: 5, held: 0, failed: 0 },
    });
    expect((await sweeper.sweep()).requests).toMatchObject({ list: 5, get: 0, put: 0 });
    const left = await home().store.list({ bucket: "schedule", prefix: "spread/pending" });
    expect(left.objects).toHaveLength(1);
  });

  it("delivers an event with its headers and metadata, and to exactly the odd key of its target", async () => {
    const scheduler = createScheduler(home());
    const to = { bucket: "target", key: "odd/é |%2F+'~ (1).json" };
    const event = { at: new Date(), to, json: { a: 1 }, metadata: { user: "ann" } };
    const { deliveryId } = await scheduler.schedule(event);
    expect(await sweep()).toMatchObject({ delivered: 1, due: 1 });
    expect(await home().store.head(to)).toMatchObject({
      size: 7,
      contentType: "application/json",
      metadata: { user: "ann", "keywhen-id": deliveryId, "keywhen-at": event.at.toISOString() },
    });
  });

  it("delivers the newer of two events for one target last", async () => {
    const scheduler = createScheduler(home());
    const to = { bucket: "target", key: "same" };
    const nowMs = Date.now();
    await scheduler.schedule({ at: new Date(nowMs - 1), to, body: "newer" });
    await scheduler.schedule({ at: new Date(nowMs - 2), to, body: "older" });
    expect(await sweep()).toMatchObject({ delivered: 2 });
    expect(await new Response((await home().store.get(to))?.body).text()).toBe("newer");
  });

  it("refuses to overwrite a chosen id, moves and cancels", async () => {
    const scheduler = createScheduler(home());
    const to = { bucket: "target", key: "chosen" };
    const event = { at: new Date(Date.now() + HOUR_MS), to, deliveryId: "order-42", body: "x" };
    const outcomes = [await scheduler.schedule(event), await scheduler.schedule(event)];
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["scheduled", "exists"]);
    const moved = await scheduler.reschedule(outcomes[0]?.id ?? "", { in: "2h" });
    expect(moved.outcome).toBe("rescheduled");
    if (moved.outcome !== "rescheduled") return;
    expect(await scheduler.get(moved.id)).toMatchObject({ deliveryId: "order-42", size: 1 });
    expect(await scheduler.cancel(moved.id)).toMatchObject({ outcome: "cancelled" });
    expect(await scheduler.get(moved.id)).toBeUndefined();
  });
});
