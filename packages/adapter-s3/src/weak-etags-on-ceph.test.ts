import {
  CONDITIONS_KEPT,
  conditionsKeptWithWeakEtags,
  openCephAccount,
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
      const gateway = await openCephAccount();
      onTestFinished(() => gateway.stop());
      const kept = conditionsKeptWithWeakEtags(gateway, async (server) => {
        const client = clientOf(server);
        onTestFinished(() => client.destroy());
        await makeBuckets(client, "schedule", "target");
        return s3Store({ client, service: "ceph", fastLane });
      });
      expect(await kept).toEqual(CONDITIONS_KEPT);
    },
  );
});
