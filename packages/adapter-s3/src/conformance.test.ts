import { proveStore } from "@keywhen/store-conformance";
import { startCephGateway, type TestS3Server, withCeph } from "@keywhen/test-servers";
import { afterAll, beforeAll, describe, it } from "vitest";
import { s3Store } from "./s3-store.js";
import { clientOf, makeBuckets } from "./testing/client-of.js";

withCeph(describe)("on a Ceph gateway", () => {
  let server: TestS3Server;
  beforeAll(async () => {
    server = await startCephGateway();
  }, 60_000);
  afterAll(() => server?.stop());

  proveStore({
    describe,
    it,
    after: afterAll,
    name: "s3Store",
    open: async () => {
      const client = clientOf(server);
      const buckets = await makeBuckets(client, "conformance-here", "conformance-away");
      return {
        store: s3Store({ client, service: "ceph" }),
        buckets,
        close: async () => client.destroy(),
      };
    },
  });
});
