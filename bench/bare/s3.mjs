import { CopyObjectCommand, CreateBucketCommand, DeleteObjectsCommand } from "@aws-sdk/client-s3";
import { minioStore } from "@keywhen/adapter-minio";
import { s3Store } from "@keywhen/adapter-s3";
import { startCephGateway } from "@keywhen/test-servers";
import { Client, CopyDestinationOptions, CopySourceOptions } from "minio";
import { clientOf, SCHEDULE, TARGET } from "../ceph-home.mjs";
import { batches, targetOf } from "./loop.mjs";

/** The AWS SDK and the `minio` client on one Ceph gateway. */
export async function openOnCeph() {
  const server = await startCephGateway();
  const client = clientOf(server);
  for (const Bucket of [SCHEDULE, TARGET]) await client.send(new CreateBucketCommand({ Bucket }));
  const bare = clientOf(server);
  const bareSdk = { copy: (key) => copy(bare, key), deleteAll: (keys) => deleteAll(bare, keys) };
  const systems = [
    { name: "S3 (Ceph)", store: s3Store({ client, service: "ceph" }), ...bareSdk },
    ...fastLane(client).map((store) => ({ name: "S3 (Ceph), fast lane", store, ...bareSdk })),
    openMinio(server),
  ];
  const close = async () => {
    client.destroy();
    bare.destroy();
    await server.stop();
  };
  return { systems, close };
}

function fastLane(client) {
  try {
    return [s3Store({ client, service: "ceph", fastLane: true })];
  } catch (error) {
    if (error.code !== "invalid-option") throw error;
    console.log("  (this s3Store has no fast lane)");
    return [];
  }
}

async function copy(client, key) {
  const CopySource = `${SCHEDULE}/${encodeURIComponent(key)}`;
  await client.send(new CopyObjectCommand({ Bucket: TARGET, Key: targetOf(key), CopySource }));
}

async function deleteAll(client, all) {
  for (const keys of batches(all, 1_000)) {
    const Objects = keys.map((Key) => ({ Key }));
    const answer = await client.send(
      new DeleteObjectsCommand({ Bucket: SCHEDULE, Delete: { Objects, Quiet: true } }),
    );
    if (answer.Errors?.length) throw new Error(JSON.stringify(answer.Errors[0]));
  }
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
