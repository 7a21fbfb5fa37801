import { proveStore } from "@keywhen/store-conformance";
import { startGcsServer } from "@keywhen/test-servers";
import { afterAll, describe, it } from "vitest";
import { gcsStore } from "./gcs-store.js";
import { clientOf } from "./testing/client-of.js";

proveStore({
  describe,
  it,
  after: afterAll,
  name: "gcsStore",
  open: async () => {
    const server = await startGcsServer();
    await server.createBucket("conformance-here");
    await server.createBucket("conformance-away");
    const store = gcsStore({ client: clientOf(server) });
    const buckets = ["conformance-here", "conformance-away"] as const;
    return { store, buckets, close: server.stop };
  },
});
