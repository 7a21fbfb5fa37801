import {
  CONDITIONS_KEPT,
  conditionsKept,
  startCephGateway,
  startFaultProxy,
  withCeph,
} from "@keywhen/test-servers";
import { describe, expect, it, onTestFinished } from "vitest";
import { minioStore } from "./minio-store.js";
import { clientOf, makeBuckets } from "./testing/client-of.js";

withCeph(describe)("a proxy that weakens ETags in front of a Ceph gateway", () => {
  it("changes nothing about leases and chosen ids", async () => {
    const server = await startCephGateway();
    onTestFinished(() => server.stop());
    const proxy = await startFaultProxy({
      target: server.endpoint,
      decide: () => ({ kind: "weaken-etag" }),
    });
    onTestFinished(() => proxy.close());
    const client = clientOf({ ...server, endpoint: proxy.url });
    await makeBuckets(client, "schedule", "target");
    const store = minioStore({ client, service: "ceph" });
    expect(await conditionsKept(store)).toEqual(CONDITIONS_KEPT);
  });
});
