import type { S3Client } from "@aws-sdk/client-s3";
import { openCephAccount, type TestS3Account } from "@keywhen/test-servers";
import { afterAll, beforeAll } from "vitest";
import { clientOf, makeBuckets } from "./client-of.js";

interface CephForTests {
  readonly server: TestS3Account;
  readonly client: S3Client;
}

/** A Ceph account with these buckets and a client of it, for the tests of one `describe`. */
export function cephForTests(...buckets: readonly string[]): () => CephForTests {
  let opened: CephForTests | undefined;
  beforeAll(async () => {
    const server = await openCephAccount();
    opened = { server, client: clientOf(server) };
    await makeBuckets(opened.client, ...buckets);
  });
  afterAll(async () => {
    opened?.client.destroy();
    await opened?.server.stop();
  });
  return () => {
    if (opened === undefined) throw new Error("the account is not open yet");
    return opened;
  };
}
