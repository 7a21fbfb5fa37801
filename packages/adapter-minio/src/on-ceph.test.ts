import {
  CEPH_BUCKETS,
  CONDITIONS_KEPT,
  conditionsKeptWithWeakEtags,
  openCephAccount,
  S3_ON_CEPH,
  type S3OnCeph,
  type TestS3Account,
  withCeph,
} from "@keywhen/test-servers";
import type { Client } from "minio";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { minioStore } from "./minio-store.js";
import { clientOf, makeBuckets } from "./testing/client-of.js";

withCeph(describe)("minioStore() on a Ceph gateway", () => {
  let server: TestS3Account;
  let client: Client;
  beforeAll(async () => {
    server = await openCephAccount();
    client = clientOf(server);
    await makeBuckets(client, ...CEPH_BUCKETS);
  });
  afterAll(() => server?.stop());

  const ceph: S3OnCeph = {
    open: (options) => minioStore({ client, service: "ceph", ...options }),
    withWrongSecret: () =>
      minioStore({ client: clientOf({ ...server, secretAccessKey: "wrong" }), service: "ceph" }),
    write: ({ bucket, key }, body, { headers, metadata }) => {
      // The client sends it as metadata.
      const { Expires: _, ...plain } = headers;
      const sent = Object.entries(metadata).map(([name, value]) => [`X-Amz-Meta-${name}`, value]);
      const all = { ...plain, ...Object.fromEntries(sent) };
      return client.putObject(bucket, key, body, body.length, all);
    },
    async headersOf({ bucket, key }) {
      const { metaData } = await client.statObject(bucket, key);
      const { "keywhen-id": _, other: __, ...headers } = metaData;
      return headers;
    },
    openUploads: async (bucket) =>
      (await client.listIncompleteUploads(bucket, "", true).toArray()).length,
  };

  it.each(Object.entries(S3_ON_CEPH))("%s", (_, prove) => prove(ceph));

  it("keeps leases and chosen ids behind a proxy that weakens ETags", async () => {
    const kept = conditionsKeptWithWeakEtags(server, async (proxied) => {
      const behindProxy = clientOf(proxied);
      await makeBuckets(behindProxy, "schedule", "target");
      return minioStore({ client: behindProxy, service: "ceph" });
    });
    expect(await kept).toEqual(CONDITIONS_KEPT);
  });
});
