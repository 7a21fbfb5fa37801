// A schedule on a fresh Ceph gateway, filled with events as another client would write them.
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { s3Store } from "@keywhen/adapter-s3";
import { startCephGateway } from "@keywhen/test-servers";
import { batches, forEach } from "./measuring.mjs";

export const SCHEDULE = "schedule";
export const TARGET = "target";
export const PREFIX = "keywhen/pending/";

/** Every S3 client here has sockets enough, so that concurrency and not the default of 50 is the limit. */
export function clientOf({ endpoint, region, accessKeyId, secretAccessKey }) {
  return new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: 256 } },
  });
}

export async function openCephHome() {
  const server = await startCephGateway();
  const client = clientOf(server);
  for (const Bucket of [SCHEDULE, TARGET]) await client.send(new CreateBucketCommand({ Bucket }));
  const home = { store: s3Store({ client, service: "ceph" }), bucket: SCHEDULE };
  const close = async () => {
    client.destroy();
    await server.stop();
  };
  return { server, client, home, close };
}

/** Three-part keys of events for one instant, each with a different target. */
export function eventKeys(count, at, run) {
  return Array.from({ length: count }, (_, index) => `${PREFIX}${at}|${TARGET}|${run}/${index}`);
}

export async function putAll(client, keys, concurrency = 64) {
  await forEach(keys, concurrency, (Key) =>
    client.send(new PutObjectCommand({ Bucket: SCHEDULE, Key, Body: randomBytes(256) })),
  );
}

/** The target's key that a schedule's key of three parts names. */
export function targetOf(key) {
  return key.split("|")[2];
}

export async function deleteAll(client, all) {
  for (const keys of batches(all, 1_000)) {
    const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
    const answer = await client.send(new DeleteObjectsCommand({ Bucket: SCHEDULE, Delete }));
    if (answer.Errors?.length) throw new Error(JSON.stringify(answer.Errors[0]));
  }
}

/** A temporary folder with the two buckets. */
export async function bucketFolders() {
  const folder = await mkdtemp(join(tmpdir(), "keywhen-bench-"));
  for (const bucket of [SCHEDULE, TARGET]) await mkdir(join(folder, bucket));
  return { folder, remove: () => rm(folder, { recursive: true }) };
}
