import { proveStore } from "@keywhen/store-conformance";
import { openCephAccount, type TestS3Account, withCeph } from "@keywhen/test-servers";
import { afterAll, beforeAll, describe, it } from "vitest";
import { minioStore } from "./minio-store.js";
import { clientOf, makeBuckets } from "./testing/client-of.js";

withCeph(describe)("on a Ceph gateway", () => {
  let server: TestS3Account;
  beforeAll(async () => {
    server = await openCephAccount();
  }, 60_000);
  afterAll(() => server?.stop());

  proveStore({
    describe,
    it,
    after: afterAll,
    name: "minioStore",
    open: async () => {
      const client = clientOf(server);
      const buckets = await makeBuckets(client, "conformance-here", "conformance-away");
      return { store: minioStore({ client, service: "ceph" }), buckets, close: async () => {} };
    },
  });
});

const ownServer = process.env["MINIO_ENDPOINT"];
if (ownServer !== undefined) {
  const accessKeyId = process.env["MINIO_ACCESS_KEY"] ?? "minioadmin";
  const secretAccessKey = process.env["MINIO_SECRET_KEY"] ?? "minioadmin";
  proveStore({
    describe,
    it,
    after: afterAll,
    name: `minioStore on ${ownServer}`,
    open: async () => {
      const client = clientOf({ endpoint: ownServer, accessKeyId, secretAccessKey });
      const buckets = await makeBuckets(client, "keywhen-kit-here", "keywhen-kit-away");
      return { store: minioStore({ client }), buckets, close: async () => {} };
    },
  });
}
