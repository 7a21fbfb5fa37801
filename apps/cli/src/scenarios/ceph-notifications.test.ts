import { s3Store } from "@keywhen/adapter-s3";
import { deliveries, parseNotification } from "@keywhen/consumer";
import { createScheduler, createSweeper } from "@keywhen/core";
import {
  type AnsweringServer,
  pushCreated,
  startAnsweringServer,
  withCeph,
} from "@keywhen/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCephBuckets } from "../testing/s3.js";

const KEYS = ["42.json", "a b+c/d%41é|&=.json"];

withCeph(describe)("deliveries() of what a Ceph gateway pushes", () => {
  let ceph: Awaited<ReturnType<typeof openCephBuckets>>;
  let endpoint: AnsweringServer;
  beforeAll(async () => {
    ceph = await openCephBuckets("schedule", "reminders");
    endpoint = await startAnsweringServer(() => ({ status: 200 }));
    await pushCreated(ceph.account, { bucket: "reminders", url: `${endpoint.endpoint}/due` });
  }, 60_000);
  afterAll(async () => {
    await endpoint?.stop();
    await ceph?.[Symbol.asyncDispose]();
  });

  it("reaches the consumer with the scheduled body and delivery id, and can be removed", async () => {
    const store = s3Store({ client: ceph.client });
    const home = { store, bucket: "schedule" };
    const scheduler = createScheduler(home);
    const scheduled = new Map<string, string>();
    for (const key of KEYS) {
      const event = { at: new Date(), to: { bucket: "reminders", key }, json: { key } };
      scheduled.set(key, (await scheduler.schedule(event)).deliveryId);
    }
    const report = await createSweeper({ ...home, allowTargets: ["reminders/*"] }).sweep();
    expect(report).toMatchObject({ delivered: KEYS.length });

    const pushes = endpoint.requests.map(({ body }) => body.toString());
    expect(
      pushes
        .flatMap((body) => parseNotification(body))
        .map(({ key }) => key)
        .sort(),
    ).toEqual(KEYS);
    const found = new Map<string, string | undefined>();
    for (const push of pushes) {
      for await (const delivery of deliveries(push, { store })) {
        expect(await delivery.json()).toEqual({ key: delivery.key });
        found.set(delivery.key, delivery.deliveryId);
        expect(await delivery.remove()).toBe("removed");
      }
    }
    expect(found).toEqual(scheduled);

    const repeated = deliveries(pushes[0], { store })[Symbol.asyncIterator]();
    expect(await repeated.next()).toMatchObject({ done: true });
  });
});
