// node tests/docs/store-table.mjs: runs the conformance kit on every store, each on the most real server there is, and
// writes the table of docs/stores.md from what the kit proved and the stores declare.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { BlobServiceClient } from "@azure/storage-blob";
import { Storage } from "@google-cloud/storage";
import { azureStore } from "@keywhen/adapter-azure";
import { fsStore } from "@keywhen/adapter-fs";
import { gcsStore } from "@keywhen/adapter-gcs";
import { minioStore } from "@keywhen/adapter-minio";
import { s3Store } from "@keywhen/adapter-s3";
import { systemClock } from "@keywhen/core/internal";
import { memoryStore } from "@keywhen/core/testing";
import { proveStore } from "@keywhen/store-conformance";
import { startAzurite, startCephGateway, startGcsServer } from "@keywhen/test-servers";
import { Client } from "minio";
import { tableOf } from "./store-rows.mjs";

const BUCKETS = ["kit-here", "kit-away"];
const PAGE = fileURLToPath(new URL("../../docs/stores.md", import.meta.url));

/** Each gives the store, and what to end afterwards. */
const OPENED = {
  memory: async () => ({ store: memoryStore({ clock: systemClock, buckets: BUCKETS }) }),
  fs: async () => {
    const folder = await mkdtemp(join(tmpdir(), "keywhen-table-"));
    for (const bucket of BUCKETS) await mkdir(join(folder, bucket));
    return { store: fsStore({ folder }), end: () => rm(folder, { recursive: true }) };
  },
  s3: async () => {
    const server = await startCephGateway();
    const client = await s3ClientWithBuckets(server);
    return { store: s3Store({ client, service: "ceph" }), end: () => server.stop() };
  },
  minio: async () => {
    const server = await startCephGateway();
    await s3ClientWithBuckets(server);
    const { hostname, port } = new URL(server.endpoint);
    const client = new Client({
      endPoint: hostname,
      port: Number(port),
      useSSL: false,
      accessKey: server.accessKeyId,
      secretKey: server.secretAccessKey,
    });
    return { store: minioStore({ client, service: "ceph" }), end: () => server.stop() };
  },
  gcs: async () => {
    const server = await startGcsServer();
    for (const bucket of BUCKETS) await server.createBucket(bucket);
    const client = new Storage({ apiEndpoint: server.endpoint, projectId: "kit" });
    return { store: gcsStore({ client }), end: () => server.stop() };
  },
  azure: async () => {
    const server = await startAzurite();
    const client = BlobServiceClient.fromConnectionString(server.connectionString);
    for (const bucket of BUCKETS) await client.getContainerClient(bucket).create();
    return { store: azureStore({ client }), end: () => server.stop() };
  },
};

async function s3ClientWithBuckets({ endpoint, region, accessKeyId, secretAccessKey }) {
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  for (const Bucket of BUCKETS) await client.send(new CreateBucketCommand({ Bucket }));
  return client;
}

/** How many of the kit's promises hold, and how many there are. */
async function prove(store) {
  const proofs = [];
  proveStore({
    describe: (_, body) => body(),
    it: (promise, run) => proofs.push({ promise, run }),
    name: "store",
    open: async () => ({ store, buckets: BUCKETS, close: async () => {} }),
  });
  let held = 0;
  for (const { promise, run } of proofs) {
    try {
      await run();
      held += 1;
    } catch (error) {
      console.error(`  broken: ${promise}: ${error.message}`);
    }
  }
  return `${held} of ${proofs.length}`;
}

const proved = {};
for (const [name, open] of Object.entries(OPENED)) {
  const { store, end } = await open();
  proved[name] = { capabilities: store.capabilities, kit: await prove(store) };
  console.log(`${name}: ${proved[name].kit}`);
  await end?.();
}
const page = await readFile(PAGE, "utf8");
const marked = /(?<=<!-- stores -->\n).*(?=<!-- \/stores -->)/s;
await writeFile(
  PAGE,
  page.replace(marked, () => tableOf(proved)),
);
process.exit(); // clients keep their sockets
