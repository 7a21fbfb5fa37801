import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { BlobServiceClient } from "@azure/storage-blob";
import { createScheduler, createSweeper } from "@keywhen/core";
import { startAzurite, startCephGateway, startGcsServer } from "@keywhen/test-servers";
import { clientOf } from "./ceph-home.mjs";

const MEBIBYTES = 200;
const BUCKETS = ["schedule", "target"];

/** Each starts a server with the buckets and gives the store's URL, its environment, and what to end. */
const STORES = {
  fs: async () => {
    const folder = await mkdtemp(join(tmpdir(), "keywhen-large-"));
    for (const bucket of BUCKETS) await mkdir(join(folder, bucket));
    return { url: `file:${folder}`, end: () => rm(folder, { recursive: true }) };
  },
  s3: async () => {
    const { server, env } = await ceph();
    const endpoint = encodeURIComponent(server.endpoint);
    return { url: `s3://schedule?service=ceph&endpoint=${endpoint}`, env, end: server.stop };
  },
  minio: async () => {
    const { server, env } = await ceph();
    const { host } = new URL(server.endpoint);
    return { url: `minio://${host}/schedule?tls=false&service=ceph`, env, end: server.stop };
  },
  gcs: async () => {
    const server = await startGcsServer();
    for (const bucket of BUCKETS) server.createBucket(bucket);
    return { url: `gs://schedule?endpoint=${server.endpoint}`, end: () => server.stop() };
  },
  azure: async () => {
    const { connectionString, account, stop } = await startAzurite();
    const client = BlobServiceClient.fromConnectionString(connectionString);
    for (const bucket of BUCKETS) await client.getContainerClient(bucket).create();
    const env = { AZURE_STORAGE_CONNECTION_STRING: connectionString };
    return { url: `azure://${account}/schedule`, env, end: stop };
  },
};

async function ceph() {
  const server = await startCephGateway();
  const client = clientOf(server);
  for (const Bucket of BUCKETS) await client.send(new CreateBucketCommand({ Bucket }));
  const { accessKeyId, secretAccessKey, region } = server;
  const env = {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    MINIO_ACCESS_KEY: accessKeyId,
    MINIO_SECRET_KEY: secretAccessKey,
  };
  return { server, env };
}

/** Schedules a large stream and sweeps it, each adapter in a process of its own; prints what memory grew by. */
export async function run() {
  console.log(`${MEBIBYTES} MiB, a stream of unknown length; peak memory over the start, MB`);
  console.log("store    schedule   sweep");
  for (const [name, open] of Object.entries(STORES)) {
    const { url, env, end } = await open();
    const { scheduleMb, sweepMb } = await inChild(name, url, env);
    const cells = [
      name.padEnd(8),
      scheduleMb.toFixed(0).padStart(8),
      sweepMb.toFixed(0).padStart(7),
    ];
    console.log(cells.join(" "));
    await end();
  }
  process.exit();
}

async function inChild(name, url, env) {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), name, url], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const output = [];
  child.stdout.on("data", (chunk) => output.push(chunk));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
  return JSON.parse(Buffer.concat(output).toString());
}

async function measure(name, url) {
  const { open } = await import(`@keywhen/adapter-${name}/url`);
  const home = await open(url, process.env);
  const { store, bucket, root } = home;
  const to = { bucket: "target", key: "large" };
  const scheduler = createScheduler({ store, bucket, root });
  const small = await scheduler.schedule({ in: "1h", to, body: "warm-up" });
  await scheduler.cancel(small.id);
  const scheduleMb = await growthOf(() =>
    scheduler.schedule({ at: new Date(), to, body: stream() }),
  );
  const sweeper = createSweeper({ store, bucket, root, allowTargets: ["target/*"] });
  const sweepMb = await growthOf(async () => {
    const { delivered } = await sweeper.sweep();
    if (delivered !== 1) throw new Error("not delivered");
  });
  const size = (await store.head(to)).size;
  if (size !== MEBIBYTES * 1_048_576) throw new Error(`${size} bytes arrived`);
  process.stdout.write(JSON.stringify({ scheduleMb, sweepMb }));
  process.exit();
}

function stream() {
  let left = MEBIBYTES;
  const chunk = new Uint8Array(1_048_576); // the same each time: what is measured is the store
  return new ReadableStream({
    pull(controller) {
      if (left-- === 0) controller.close();
      else controller.enqueue(chunk.fill(left % 256));
    },
  });
}

/** By how much the resident memory exceeds that of the start, sampled often. */
async function growthOf(work) {
  const startBytes = process.memoryUsage.rss();
  let peakBytes = startBytes;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
  }, 10);
  await work();
  clearInterval(timer);
  return (Math.max(peakBytes, process.memoryUsage.rss()) - startBytes) / 1e6;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await measure(process.argv[2], process.argv[3]);
}
