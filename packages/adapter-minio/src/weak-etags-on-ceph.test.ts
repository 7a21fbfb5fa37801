import {
  CONDITIONS_KEPT,
  conditionsKeptWithWeakEtags,
  openCephAccount,
  withCeph,
} from "@keywhen/test-servers";
import { describe, expect, it, onTestFinished } from "vitest";
import { minioStore } from "./minio-store.js";
import { clientOf, makeBuckets } from "./testing/client-of.js";

withCeph(describe)("a proxy that weakens ETags in front of a Ceph gateway", () => {
  it("changes nothing about leases and chosen ids", async () => {
    const gateway = await openCephAccount();
    onTestFinished(() => gateway.stop());
    const kept = conditionsKeptWithWeakEtags(gateway, async (server) => {
      const client = clientOf(server);
      await makeBuckets(client, "schedule", "target");
      return minioStore({ client, service: "ceph" });
    });
    expect(await kept).toEqual(CONDITIONS_KEPT);
  });
});
