import { openAzuriteAccount, startGcsServer, withCeph } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { runAlone } from "../testing/run-alone.js";
import { openWorkplace, useWorkplace } from "../testing/run-keywhen.js";
import { openCephBuckets } from "../testing/s3.js";

/** Schedules, lists, sweeps, reads the journal and cancels. `env` names the store and its credentials. */
async function deliverBy(env: Record<string, string>): Promise<void> {
  await using place = await openWorkplace();
  const at = new Date().toISOString();
  const event = `schedule --at ${at} --to target/k --body hello -q`;
  const scheduled = await place.runWith(env, event);
  expect(scheduled).toMatchObject({ exitCode: 0, stderr: "" });
  const listed = await place.runWith(env, "list --ids");
  expect(listed.stdout).toBe(scheduled.stdout);
  const swept = await place.runWith(env, "sweep --allow target/* --journal --json");
  expect(swept.stderr).toBe("");
  expect(JSON.parse(swept.stdout)).toMatchObject({ due: 1, delivered: 1, undeleted: 0 });
  const logged = await place.runWith(env, "log --json");
  expect(JSON.parse(logged.stdout)).toMatchObject({ outcome: "delivered", size: 5 });
  const shown = await place.runWith(env, ["show", scheduled.stdout.trim(), "--json"]);
  expect(shown).toMatchObject({ exitCode: 0, stdout: logged.stdout });
  const later = await place.runWith(env, "schedule --in 1h --to target/k --body later -q");
  const id = later.stdout.trim();
  expect((await place.runWith(env, ["show", id, "--body"])).stdout).toBe("later");
  expect(await place.runWith(env, ["cancel", id])).toMatchObject({ exitCode: 0 });
  expect(await place.runWith(env, ["show", id])).toMatchObject({ exitCode: 3 });
}

withCeph(describe)("keywhen on a real S3 server", () => {
  it("schedules, lists, sweeps and cancels with s3://", async () => {
    await using ceph = await openCephBuckets("schedule", "target");
    await deliverBy({ ...ceph.env, KEYWHEN_STORE: `${ceph.env.KEYWHEN_STORE}&service=ceph` });
  }, 60_000);

  it("does the same through the minio client, with minio://", async () => {
    await using ceph = await openCephBuckets("schedule", "target");
    const { endpoint, accessKeyId, secretAccessKey } = ceph.account;
    await deliverBy({
      KEYWHEN_STORE: `minio://${new URL(endpoint).host}/schedule?tls=false&service=ceph`,
      MINIO_ACCESS_KEY: accessKeyId,
      MINIO_SECRET_KEY: secretAccessKey,
    });
  }, 60_000);
});

describe("keywhen on other stores", () => {
  it("schedules, lists, sweeps and cancels with gs://", async () => {
    const server = await startGcsServer();
    for (const bucket of ["schedule", "target"]) server.createBucket(bucket);
    await deliverBy({ KEYWHEN_STORE: `gs://schedule?endpoint=${server.endpoint}` });
    await server.stop();
  });

  it("schedules, lists, sweeps and cancels with azure://", async () => {
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
  const place = useWorkplace();

  it("explains how to install it", async () => {
    const run = await runAlone(place, "list -s gs://bucket");
    expect(run).toEqual({
      exitCode: 2,
      stdout: "",
      stderr:
        'keywhen: No adapter for "gs:" is installed. Install it from the packed checkout, all in one command: npm install ../keywhen/packed/keywhen-core.tgz ../keywhen/packed/keywhen-adapter-gcs.tgz @google-cloud/storage (with --global if keywhen is).\n',
    });
  });
});
