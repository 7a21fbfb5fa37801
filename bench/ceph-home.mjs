// A schedule on a fresh Ceph gateway, filled with events as another client would write them.
import { randomBytes } from "node:crypto";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { s3Store } from "@keywhen/adapter-s3";
import { startCephGateway } from "@keywhen/test-servers";

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

/** Three-part keys of events for one instant, each with a target of its own. */
export function eventKeys(count, at, run) {
  return Array.from({ length: count }, (_, index) => `${PREFIX}${at}|${TARGET}|${run}/${index}`);
}

export async function putAll(client, keys, concurrency = 64) {
  await forEach(keys, concurrency, (Key) =>
    client.send(new PutObjectCommand({ Bucket: SCHEDULE, Key, Body: randomBytes(256) })),
  );
}

export async function forEach(items, concurrency, work) {
  let next = 0;
  const worker = async () => {
    while (next < items.length) await work(items[next++]);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

export function instant(offsetMs) {
  return new Date(Date.now() + offsetMs).toISOString();
}

export function median(values) {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)];
}
