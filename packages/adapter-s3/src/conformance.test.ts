import { proveStore } from "@keywhen/store-conformance";
import { openCephAccount, type TestS3Account, withCeph } from "@keywhen/test-servers";
import { afterAll, beforeAll, describe, it } from "vitest";
import { s3Store } from "./s3-store.js";
import { clientOf, makeBuckets } from "./testing/client-of.js";
import { LANES } from "./testing/on-wire.js";

withCeph(describe)("on a Ceph gateway", () => {
  let server: TestS3Account;
  beforeAll(async () => {
    server = await openCephAccount();
  }, 60_000);
  afterAll(() => server?.stop());

  for (const { lane, fastLane } of LANES) {
    proveStore({
      describe,
      // Both clients page alike; over the wire it is proved that each asks for 1,000 keys at most.
      it: (promise, test) => {
        if (fastLane || !promise.includes("thousand")) it(promise, test);
      },
      after: afterAll,
      name: `s3Store by the ${lane}`,
      open: async () => {
        const client = clientOf(server);
        const name = fastLane ? "fast" : "sdk";
        const buckets = await makeBuckets(client, `${name}-here`, `${name}-away`);
        return {
          store: s3Store({ client, service: "ceph", fastLane }),
          buckets,
          close: async () => client.destroy(),
        };
      },
    });
  }
});
