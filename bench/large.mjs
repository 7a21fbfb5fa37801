import { fileURLToPath } from "node:url";
import { BlobServiceClient } from "@azure/storage-blob";
import { createScheduler, createSweeper } from "@keywhen/core";
import { startAzurite, startGcsServer } from "@keywhen/test-servers";
import { bucketFolders, openCephHome, SCHEDULE, TARGET } from "./ceph-home.mjs";
import { printedBy } from "./measuring.mjs";
import { printTable } from "./table.mjs";

const THIS = fileURLToPath(import.meta.url);
const MEBIBYTES = 200;
/** Each starts a server with the buckets and gives the store's URL, its environment, and what to end. */
const STORES = {
  fs: async () => {
    const { folder, remove } = await bucketFolders();
    return { url: `file:${folder}`, end: remove };
  },
  s3: async () => {
    const { server, close } = await openCephHome();
    const endpoint = encodeURIComponent(server.endpoint);
    return {
      url: `s3://schedule?service=ceph&endpoint=${endpoint}`,
      env: keysOf(server),
      end: close,
    };
  },
  minio: async () => {
    const { server, close } = await openCephHome();
    const { host } = new URL(server.endpoint);
    return {
      url: `minio://${host}/schedule?tls=false&service=ceph`,
      env: keysOf(server),
      end: close,
    };
  },
  gcs: async () => {
    const server = await startGcsServer();
    for (const bucket of [SCHEDULE, TARGET]) server.createBucket(bucket);
    return { url: `gs://schedule?endpoint=${server.endpoint}`, end: () => server.stop() };
  },
  azure: async () => {
    const { connectionString, account, stop } = await startAzurite();
    const client = BlobServiceClient.fromConnectionString(connectionString);
    for (const bucket of [SCHEDULE, TARGET]) await client.getContainerClient(bucket).create();
    const env = { AZURE_STORAGE_CONNECTION_STRING: connectionString };
    return { url: `azure://${account}/schedule`, env, end: stop };
  },
};

function keysOf({ accessKeyId, secretAccessKey, region }) {
  return {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    MINIO_ACCESS_KEY: accessKeyId,
    MINIO_SECRET_KEY: secretAccessKey,
  };
}

/** Schedules a large stream and sweeps it, each adapter in a new process, and prints by how much memory grew. */
export async function run() {
  console.log(`${MEBIBYTES} MiB, a stream of unknown length; peak memory over the start, MB`);
  const results = [];
  for (const [store, open] of Object.entries(STORES)) {
    const { url, env, end } = await open();
    results.push({ store, ...(await printedBy([THIS, store, url], { ...process.env, ...env })) });
    await end();
  }
  printTable({ store: "store", schedule: "scheduleMb", sweep: "sweepMb" }, results);
  process.exit(); // clients keep their sockets
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

if (process.argv[1] === THIS) await measure(process.argv[2], process.argv[3]);
