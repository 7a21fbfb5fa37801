import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { s3Store } from "@keywhen/adapter-s3";
import { createSweeper, type SweeperOptions, type SweepReport } from "@keywhen/core";
import type { ObjectInfo, ObjectStore } from "@keywhen/core/store";
import { openCephAccount, type TestS3Account } from "@keywhen/test-servers";

export const SCHEDULE = "acme-schedule";
export const TARGET = "acme-reminders";
export const PENDING = "keywhen/pending/";

/** A real S3 server with a schedule that other programs write to, and a target. */
export interface BucketPair {
  readonly client: S3Client;
  readonly store: ObjectStore;
  /** For other programs: where the server is and who they are, and nothing of this machine's own configuration. */
  readonly env: Readonly<Record<string, string>>;
  /** The keys that wait under a prefix. */
  waiting(prefix?: string): Promise<string[]>;
  sweep(options?: Partial<SweeperOptions>): Promise<SweepReport>;
  arrived(key: string): Promise<{ readonly info: ObjectInfo; readonly body: Buffer }>;
  stop(): Promise<void>;
}

export async function startBucketPair(): Promise<BucketPair> {
  const server = await openCephAccount();
  const client = clientOf(server);
  for (const Bucket of [SCHEDULE, TARGET]) await client.send(new CreateBucketCommand({ Bucket }));
  const store = s3Store({ client, service: "ceph" });
  return {
    client,
    store,
    env: environmentOf(server),
    waiting: async (prefix = PENDING) =>
      (await store.list({ bucket: SCHEDULE, prefix })).objects.map(({ key }) => key),
    sweep: (options) =>
      createSweeper({ store, bucket: SCHEDULE, allowTargets: [`${TARGET}/*`], ...options }).sweep(),
    arrived: async (key) => {
      const opened = await store.get({ bucket: TARGET, key });
      if (opened === undefined) throw new Error(`Nothing arrived at ${TARGET}/${key}.`);
      const { body, ...info } = opened;
      return { info, body: Buffer.from(await new Response(body).arrayBuffer()) };
    },
    stop: async () => {
      client.destroy();
      await server.stop();
    },
  };
}

function clientOf({ endpoint, region, accessKeyId, secretAccessKey }: TestS3Account): S3Client {
  return new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
}

function environmentOf(server: TestS3Account): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_S3: server.endpoint,
    AWS_REGION: server.region,
    AWS_DEFAULT_REGION: server.region,
    AWS_ACCESS_KEY_ID: server.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_REQUEST_CHECKSUM_CALCULATION: "when_required", // Ceph 16 doesn't know the checksums that newer ones add
  };
}
