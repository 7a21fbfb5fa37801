// On a bucket: its client takes endpoint and credentials from the environment.
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { s3Store } from "@keywhen/adapter-s3";
import { createScheduler, createSweeper } from "@keywhen/core";

const client = new S3Client({ forcePathStyle: true });
for (const Bucket of ["schedule", "inbox"]) await client.send(new CreateBucketCommand({ Bucket }));
const home = { store: s3Store({ client, service: "ceph" }), bucket: "schedule" };
const to = { bucket: "inbox", key: "hello.txt" };
await createScheduler(home).schedule({ at: "2026-01-01T00:00Z", to, body: "hello" });
const { delivered } = await createSweeper({ ...home, allowTargets: ["inbox/*"] }).sweep();
const arrived = await home.store.get(to);
const body = await new Response(arrived.body).text();
console.log(JSON.stringify({ delivered, body }));
