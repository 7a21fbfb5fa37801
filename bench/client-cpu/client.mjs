// One way to deliver, in a process of its own that waits for orders: `node client.mjs '{"way":…,"endpoint":…,…}'`.
import http from "node:http";
import { CopyObjectCommand, DeleteObjectsCommand, S3Client } from "@aws-sdk/client-s3";
import { s3Store } from "@keywhen/adapter-s3";
import { createSweeper } from "@keywhen/core";
import { batches } from "../bare/loop.mjs";
import { forEach } from "../ceph-home.mjs";

const { way, endpoint, concurrency, maxSockets } = JSON.parse(process.argv[2]);
const client = new S3Client({
  endpoint,
  region: "us-east-1",
  forcePathStyle: true,
  credentials: { accessKeyId: "key", secretAccessKey: "secret" },
  ...(maxSockets === undefined ? {} : { requestHandler: { httpAgent: { maxSockets } } }),
});

const stores = {
  slow: s3Store({ client, service: "aws", fastLane: false }),
  fast: s3Store({ client, service: "aws" }),
};

const WAYS = {
  floor,
  bare,
  slow: (count, run) => sweep(count, run, false),
  fast: (count, run) => sweep(count, run, true),
};

process.on("disconnect", () => process.exit());
process.on("message", async ({ count, run }) => {
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  await WAYS[way](count, run);
  const seconds = (performance.now() - startedMs) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  process.send({
    perSecond: count / seconds,
    cpuUs: (user + system) / count,
    systemUs: system / count,
  });
});

/** The same requests by Node's HTTP client alone, unsigned, their answers unread: no client takes less. */
async function floor(count, run) {
  const agent = new http.Agent({ keepAlive: true, maxSockets });
  const at = new Date(Date.now() - 60_000).toISOString();
  const indexes = Array.from({ length: count }, (_, index) => index);
  await forEach(indexes, concurrency, (index) => {
    const source = `schedule/${encodeURIComponent(`${run}/pending/${at}|target|events/${index}`)}`;
    const headers = { "x-amz-copy-source": source };
    return new Promise((resolve, reject) => {
      http
        .request(
          `${endpoint}/target/events/${index}`,
          { method: "PUT", agent, headers },
          (answer) => answer.resume().on("end", resolve),
        )
        .on("error", reject)
        .end();
    });
  });
  agent.destroy();
}

/** The least that delivers: a copy for each, and deletes in batches. */
async function bare(count, run) {
  const at = new Date(Date.now() - 60_000).toISOString();
  const keys = Array.from(
    { length: count },
    (_, index) => `${run}/pending/${at}|target|events/${index}|id${index}`,
  );
  await forEach(keys, concurrency, (key) => {
    const CopySource = `schedule/${encodeURIComponent(key)}`;
    return client.send(
      new CopyObjectCommand({ Bucket: "target", Key: key.split("|")[2], CopySource }),
    );
  });
  for (const some of batches(keys, 1_000)) {
    const Objects = some.map((Key) => ({ Key }));
    const Delete = { Objects, Quiet: true };
    await client.send(new DeleteObjectsCommand({ Bucket: "schedule", Delete }));
  }
}

async function sweep(count, run, fastLane) {
  const report = await createSweeper({
    store: stores[fastLane ? "fast" : "slow"],
    bucket: "schedule",
    root: `${count}-${way}-${run}`,
    concurrency,
    allowTargets: ["target/*"],
  }).sweep();
  if (report.delivered !== count) throw new Error(`not all delivered: ${JSON.stringify(report)}`);
}
