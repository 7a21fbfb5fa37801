import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  PutBucketPolicyCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { s3Store } from "@keywhen/adapter-s3";
import { createScheduler } from "@keywhen/core";
import type { ObjectStore } from "@keywhen/core/store";
import { openCephAccount } from "@keywhen/test-servers";
import { type FunctionProcess, type Runtime, startFunction } from "./function-process.js";

/** A Ceph gateway with a bucket `target`, where functions sweep schedules, each in a new bucket. */
export interface FunctionsOnCeph {
  readonly store: ObjectStore;
  readonly endpoint: string;
  /** An empty schedule. */
  createSchedule(): Promise<TestSchedule>;
  stop(): Promise<void>;
}

interface TestSchedule {
  readonly bucket: string;
  /** Schedules this number of events, due now by default. */
  schedule(count: number, at?: (index: number) => Date): Promise<void>;
  /** Keys that still wait. */
  pending(): Promise<string[]>;
  /** Keys that have arrived. */
  arrived(): Promise<string[]>;
  startFunction(env?: Record<string, string>): Promise<FunctionProcess>;
  deny(action: string): Promise<void>;
  allowAll(): Promise<void>;
}

export async function startFunctionsOnCeph(runtime?: Runtime): Promise<FunctionsOnCeph> {
  const server = await openCephAccount();
  const { endpoint, region, accessKeyId, secretAccessKey } = server;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  const store = s3Store({ client, service: "ceph" });
  await client.send(new CreateBucketCommand({ Bucket: "target" }));
  const functions: FunctionProcess[] = [];
  let schedules = 0;

  const keysIn = async (bucket: string, prefix: string) => {
    const keys: string[] = [];
    for (let startAfter: string | undefined, more = true; more; startAfter = keys.at(-1)) {
      const page = await store.list({ bucket, prefix, startAfter });
      keys.push(...page.objects.map(({ key }) => key));
      more = page.more;
    }
    return keys;
  };

  return {
    store,
    endpoint,
    async createSchedule() {
      schedules += 1;
      const bucket = `schedule-${schedules}`;
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
      const home = { store, bucket };
      return {
        bucket,
        async schedule(count, at = () => new Date()) {
          const events = Array.from({ length: count }, (_, index) => ({
            at: at(index),
            to: { bucket: "target", key: `${bucket}/${index}` },
            body: `${index}`,
          }));
          await createScheduler(home).scheduleMany(events);
        },
        pending: () => keysIn(bucket, "keywhen/pending/"),
        arrived: () => keysIn("target", `${bucket}/`),
        async startFunction(env = {}) {
          const own = {
            KEYWHEN_STORE: `s3://${bucket}/keywhen?endpoint=${encodeURIComponent(endpoint)}&service=ceph`,
            KEYWHEN_ALLOW_TARGETS: "target/*",
            AWS_LAMBDA_FUNCTION_NAME: "sweeper",
            AWS_REGION: region,
            AWS_ACCESS_KEY_ID: accessKeyId,
            AWS_SECRET_ACCESS_KEY: secretAccessKey,
          };
          const started = await startFunction({ ...own, ...env }, runtime);
          functions.push(started);
          return started;
        },
        async deny(Action) {
          const Resource = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
          const Statement = [{ Effect: "Deny", Principal: "*", Action, Resource }];
          const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
          await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
        },
        async allowAll() {
          await client.send(new DeleteBucketPolicyCommand({ Bucket: bucket }));
        },
      };
    },
    async stop() {
      await Promise.all(functions.map((one) => one.stop()));
      client.destroy();
      await server.stop();
    },
  };
}
