// The stores on which a sweep is compared with a bare loop. Each function gives its systems: the store, and what the loop calls.
import { CopyObjectCommand } from "@aws-sdk/client-s3";
import { BlobServiceClient, ContainerSASPermissions } from "@azure/storage-blob";
import { azureStore } from "@keywhen/adapter-azure";
import { fsStore } from "@keywhen/adapter-fs";
import { minioStore } from "@keywhen/adapter-minio";
import { s3Store } from "@keywhen/adapter-s3";
import { memoryStore } from "@keywhen/core/testing";
import { startAzurite } from "@keywhen/test-servers";
import { Client, CopyDestinationOptions, CopySourceOptions } from "minio";
import {
  bucketFolders,
  clientOf,
  deleteAll,
  openCephHome,
  SCHEDULE,
  TARGET,
  targetOf,
} from "../ceph-home.mjs";
import { batches } from "../measuring.mjs";
import { bareMoves } from "./file-calls.mjs";

const HOUR_MS = 3_600_000;

/** The AWS SDK and the `minio` client on one Ceph gateway. */
export async function openOnCeph() {
  const { server, client, close } = await openCephHome();
  const bare = clientOf(server);
  const bareSdk = { copy: (key) => copy(bare, key), deleteAll: (keys) => deleteAll(bare, keys) };
  const storeOf = (fastLane) => s3Store({ client, service: "ceph", fastLane });
  const systems = [
    { name: "S3 (Ceph)", store: storeOf(false), ...bareSdk },
    { name: "S3 (Ceph), fast lane", store: storeOf(true), ...bareSdk },
    openMinio(server),
  ];
  const closeAll = async () => {
    bare.destroy();
    await close();
  };
  return { systems, close: closeAll };
}

async function copy(client, key) {
  const CopySource = `${SCHEDULE}/${encodeURIComponent(key)}`;
  await client.send(new CopyObjectCommand({ Bucket: TARGET, Key: targetOf(key), CopySource }));
}

function openMinio({ endpoint, region, accessKeyId, secretAccessKey }) {
  const { hostname, port } = new URL(endpoint);
  const options = { endPoint: hostname, port: Number(port), useSSL: false, region };
  const client = new Client({ ...options, accessKey: accessKeyId, secretKey: secretAccessKey });
  return {
    name: "minio client (Ceph)",
    store: minioStore({ client, service: "ceph" }),
    copy: (key) =>
      client.copyObject(
        new CopySourceOptions({ Bucket: SCHEDULE, Object: key }),
        new CopyDestinationOptions({ Bucket: TARGET, Object: targetOf(key) }),
      ),
    async deleteAll(all) {
      for (const keys of batches(all, 1_000)) await client.removeObjects(SCHEDULE, keys);
    },
  };
}

/** `@azure/storage-blob` on Azurite. */
export async function openOnAzurite() {
  const { connectionString, stop } = await startAzurite();
  const service = BlobServiceClient.fromConnectionString(connectionString);
  const [schedule, target] = [SCHEDULE, TARGET].map((name) => service.getContainerClient(name));
  for (const container of [schedule, target]) await container.create();
  const permissions = ContainerSASPermissions.parse("r");
  const expiresOn = new Date(Date.now() + HOUR_MS);
  const sas = new URL(await schedule.generateSasUrl({ permissions, expiresOn })).search;
  const batch = schedule.getBlobBatchClient();
  const system = {
    name: "@azure/storage-blob (Azurite)",
    store: azureStore({ client: service }),
    copy: (key) =>
      target.getBlobClient(targetOf(key)).syncCopyFromURL(schedule.getBlobClient(key).url + sas),
    async deleteAll(all) {
      for (const keys of batches(all, 256)) {
        await batch.deleteBlobs(keys.map((key) => schedule.getBlobClient(key)));
      }
    },
  };
  return { systems: [system], close: stop };
}

/** The bare loops make the store's own moves, and the system calls of these moves alone. */
export async function openFolder() {
  const { folder, remove } = await bucketFolders();
  const store = fsStore({ folder });
  const moves = {
    name: "file store (its own move)",
    store,
    copy: (key) => store.move({ bucket: SCHEDULE, key }, { bucket: TARGET, key: targetOf(key) }),
    deleteAll: async () => {},
  };
  const systemCalls = {
    name: "file store (system calls of its move)",
    store,
    copy: async () => {},
    deleteAll: (keys) => bareMoves(folder, keys),
  };
  return { systems: [moves, systemCalls], close: remove };
}

export async function openMemory() {
  const store = memoryStore({ clock: Date });
  const system = {
    name: "memory store (its own copy)",
    store,
    copy: (key) => store.copy({ bucket: SCHEDULE, key }, { bucket: TARGET, key: targetOf(key) }),
    async deleteAll(all) {
      for (const keys of batches(all, 1_000)) await store.delete(SCHEDULE, keys);
    },
  };
  return { systems: [system], close: async () => {} };
}
