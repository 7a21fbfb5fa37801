import { PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import { createScheduler, createSweeper } from "@keywhen/core";
import { withCeph } from "@keywhen/test-servers";
import { beforeAll, describe, expect, it } from "vitest";
import { s3Store } from "./s3-store.js";
import { cephForTests } from "./testing/ceph-for-tests.js";

withCeph(describe).each(["Enabled", "Suspended"] as const)(
  "a Ceph bucket whose versions are %s",
  (Status) => {
    const bucket = `versions-${Status.toLowerCase()}`;
    const ceph = cephForTests(bucket, "target");
    beforeAll(async () => {
      for (const status of new Set(["Enabled", Status] as const)) {
        const VersioningConfiguration = { Status: status };
        const command = new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration });
        await ceph().client.send(command);
      }
    });

    const home = () => ({ store: s3Store({ client: ceph().client, service: "ceph" }), bucket });

    it("takes no event with a chosen id, instead of overwriting the first by the second", async () => {
      const scheduler = createScheduler(home());
      const event = { at: new Date(Date.now() + 3_600_000), to: { bucket: "target", key: "k" } };
      for (const body of ["first", "second"]) {
        await expect(
          scheduler.schedule({ ...event, body, deliveryId: "one" }),
        ).rejects.toMatchObject({
          code: "not-supported",
          message: expect.stringContaining(`bucket ${bucket} keeps versions`),
        });
      }
      expect((await home().store.list({ bucket })).objects).toEqual([]);
    });

    it("lets none of four sweepers deliver, and each says why in the first sweep", async () => {
      const scheduler = createScheduler(home());
      await scheduler.schedule({ in: "1ms", to: { bucket: "target", key: "k" }, body: "x" });
      const startedMs = performance.now();
      const sweepers = Array.from({ length: 4 }, () =>
        createSweeper({ ...home(), allowTargets: ["target/*"] }),
      );
      const sweeps = await Promise.allSettled(sweepers.map((sweeper) => sweeper.sweep()));
      for (const sweep of sweeps) {
        expect(sweep).toMatchObject({
          status: "rejected",
          reason: { code: "not-supported", message: expect.stringContaining("keeps versions") },
        });
      }
      expect(performance.now() - startedMs).toBeLessThan(10_000);
      expect(await home().store.head({ bucket: "target", key: "k" })).toBeUndefined();
    });
  },
);
