// One way to deliver, in a separate process that waits for orders: `node client.mjs '{"way":…,"endpoint":…,…}'`.
import http from "node:http";
import { CopyObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { s3Store } from "@keywhen/adapter-s3";
import { createSweeper } from "@keywhen/core";
import { deleteAll, targetOf } from "../ceph-home.mjs";
import { forEach, instant, numbersTo, timed } from "../measuring.mjs";

const { way, endpoint, concurrency, maxSockets } = JSON.parse(process.argv[2]);
const client = new S3Client({
  endpoint,
  region: "us-east-1",
  forcePathStyle: true,
  credentials: { accessKeyId: "key", secretAccessKey: "secret" },
  ...(maxSockets === undefined ? {} : { requestHandler: { httpAgent: { maxSockets } } }),
});

const store = s3Store({ client, service: "aws", fastLane: way === "fast" });
const WAYS = { floor, bare, slow: sweep, fast: sweep };

process.on("disconnect", () => process.exit());
process.on("message", async ({ count, run }) => {
  const { perSecond, cpuUs, systemUs } = await timed(count, () => WAYS[way](count, run));
  process.send({ perSecond, cpuUs, systemUs });
});

/** The same requests by Node's HTTP client alone, unsigned, their answers unread: no client takes less. */
async function floor(count, run) {
  const agent = new http.Agent({ keepAlive: true, maxSockets });
  await forEach(keysOf(count, run), concurrency, (key) => {
    const headers = { "x-amz-copy-source": `schedule/${encodeURIComponent(key)}` };
    return new Promise((resolve, reject) => {
      http
        .request(
          `${endpoint}/target/${targetOf(key)}`,
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
  const keys = keysOf(count, run);
  await forEach(keys, concurrency, (key) => {
    const CopySource = `schedule/${encodeURIComponent(key)}`;
    return client.send(new CopyObjectCommand({ Bucket: "target", Key: targetOf(key), CopySource }));
  });
  await deleteAll(client, keys);
}

function keysOf(count, run) {
  const start = `${run}/pending/${instant(-60_000)}|target|events/`;
  return numbersTo(count).map((index) => `${start}${index}|id${index}`);
}

async function sweep(count, run) {
  const report = await createSweeper({
    store,
    bucket: "schedule",
    root: `${count}-${way}-${run}`,
    concurrency,
    allowTargets: ["target/*"],
  }).sweep();
  if (report.delivered !== count) throw new Error(`not all delivered: ${JSON.stringify(report)}`);
}
