import {
  CONDITIONS_KEPT,
  conditionsKept,
  startCephGateway,
  startFaultProxy,
  withCeph,
} from "@keywhen/test-servers";
import { describe, expect, it, onTestFinished } from "vitest";
import { s3Store } from "./s3-store.js";
import { clientOf, makeBuckets } from "./testing/client-of.js";
import { LANES } from "./testing/on-wire.js";

withCeph(describe)("a proxy that weakens ETags in front of a Ceph gateway", () => {
  it.each(LANES)(
    "changes nothing about leases and chosen ids, by the $lane",
    async ({ fastLane }) => {
      const server = await startCephGateway();
      onTestFinished(() => server.stop());
      const proxy = await startFaultProxy({
        target: server.endpoint,
        decide: () => ({ kind: "weaken-etag" }),
      });
      onTestFinished(() => proxy.close());
      const client = clientOf({ ...server, endpoint: proxy.url });
      onTestFinished(() => client.destroy());
      await makeBuckets(client, "schedule", "target");
      const store = s3Store({ client, service: "ceph", fastLane });
      expect(await conditionsKept(store)).toEqual(CONDITIONS_KEPT);
    },
  );
});
