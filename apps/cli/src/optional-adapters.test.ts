import { spawn } from "node:child_process";
import { cp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import {
  openAzuriteAccount,
  openCephAccount,
  startGcsServer,
  withCeph,
} from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { finish, KEYWHEN, openWorkplace } from "./testing/run-keywhen.js";

/** Schedules, lists and sweeps; `env` names the store and holds its credentials. */
async function deliverBy(env: Record<string, string>): Promise<void> {
  await using place = await openWorkplace();
  const at = new Date().toISOString();
  const event = ["schedule", "--at", at, "--to", "target/k", "--body", "hello", "-q"];
  const scheduled = await place.runWith(env, event);
  expect(scheduled).toMatchObject({ exitCode: 0, stderr: "" });
  const listed = await place.runWith(env, ["list", "--ids"]);
  expect(listed.stdout).toBe(scheduled.stdout);
  const swept = await place.runWith(env, ["sweep", "--allow", "target/*", "--json"]);
  expect(swept.stderr).toBe("");
  expect(JSON.parse(swept.stdout)).toMatchObject({ due: 1, delivered: 1, undeleted: 0 });
}

withCeph(describe)("keywhen with minio://", () => {
  it("schedules, lists and sweeps through the minio client", async () => {
    const server = await openCephAccount();
    const { endpoint, region, accessKeyId, secretAccessKey } = server;
    const credentials = { accessKeyId, secretAccessKey };
    const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    for (const Bucket of ["schedule", "target"]) {
      await client.send(new CreateBucketCommand({ Bucket }));
    }
    client.destroy();
    await deliverBy({
      KEYWHEN_STORE: `minio://${new URL(endpoint).host}/schedule?tls=false&service=ceph`,
      MINIO_ACCESS_KEY: accessKeyId,
      MINIO_SECRET_KEY: secretAccessKey,
    });
    await server.stop();
  });
});

describe("keywhen with gs://", () => {
  it("schedules, lists and sweeps", async () => {
    const server = await startGcsServer();
    for (const bucket of ["schedule", "target"]) server.createBucket(bucket);
    await deliverBy({ KEYWHEN_STORE: `gs://schedule?endpoint=${server.endpoint}` });
    await server.stop();
  });
});

describe("keywhen with azure://", () => {
  it("schedules, lists and sweeps", async () => {
    const { connectionString, account, stop } = await openAzuriteAccount();
    const { BlobServiceClient } = await import("@azure/storage-blob");
    const client = BlobServiceClient.fromConnectionString(connectionString);
    for (const name of ["schedule", "target"]) await client.getContainerClient(name).create();
    await deliverBy({
      KEYWHEN_STORE: `azure://${account}/schedule`,
      AZURE_STORAGE_CONNECTION_STRING: connectionString,
    });
    await stop();
  });
});

describe("keywhen without the adapter of a scheme", () => {
  it("says how to add it", async () => {
    await using place = await openWorkplace();
    // Away from this workspace there are no packages but those that are brought along.
    const alone = join(place.folder, "alone");
    await cp(dirname(KEYWHEN), join(alone, "dist"), { recursive: true });
    const from = join(dirname(KEYWHEN), "../node_modules");
    for (const name of ["commander", "picocolors", "@keywhen/core"]) {
      await cp(join(from, name), join(alone, "node_modules", name), {
        recursive: true,
        dereference: true,
      });
    }
    await cp(join(dirname(KEYWHEN), "../package.json"), join(alone, "package.json"));
    const main = join(alone, "dist/main.js");
    const run = await finish(
      spawn(process.execPath, [main, "list", "-s", "gs://bucket"], {
        cwd: place.folder,
        env: { PATH: process.env["PATH"] }, // NODE_PATH may name this workspace's packages
      }),
    );
    expect(run).toEqual({
      exitCode: 2,
      stdout: "",
      stderr:
        'keywhen: No adapter for "gs:" is installed. Install it from the packed checkout, all in one command: npm install ../keywhen/packed/keywhen-core.tgz ../keywhen/packed/keywhen-adapter-gcs.tgz @google-cloud/storage (with --global if keywhen is).\n',
    });
  });
});
