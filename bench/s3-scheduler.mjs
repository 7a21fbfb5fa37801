import { parseArgs } from "node:util";
import { CopyObjectCommand, DeleteObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { s3Store } from "@keywhen/adapter-s3";
import { createSweeper } from "@keywhen/core";
import { startFaultProxy } from "@keywhen/test-servers";
import { plotBars } from "./bars.mjs";
import {
  clientOf,
  eventKeys,
  instant,
  median,
  openCephHome,
  putAll,
  SCHEDULE,
  TARGET,
} from "./ceph-home.mjs";
import { record, recorded } from "./record.mjs";
import { figure, printTable } from "./table.mjs";

const PREFIX = "keywhen/pending/";
const DAY_MS = 86_400_000;

const OPTIONS = {
  due: { type: "string", default: "1000" },
  pending: { type: "string", default: "10000,100000" },
  /** How much later each answer comes in the last measurement, as it would from a bucket that is not on this machine. */
  "delay-ms": { type: "string", default: "30" },
  rounds: { type: "string", default: "3" },
  /** Keeps what was recorded for other numbers, so that a long run may be done in parts. */
  add: { type: "boolean", default: false },
};

/**
 * The algorithm of the Python package (2018): lists everything, then copies and deletes what is due, one after the
 * other. Beside it, on the same events with the same client, a sweep.
 */
export async function run(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const due = Number(values.due);
  const rounds = Number(values.rounds);
  const { server, client, home, close } = await openCephHome();
  const results = values.add ? ((await recorded("s3-scheduler"))?.results ?? []) : [];
  let pending = 0;
  try {
    for (const size of values.pending.split(",").map(Number)) {
      const more = eventKeys(size - due - pending, instant(DAY_MS), `pending-${size}`);
      const filledPerSecond = await fill(client, more);
      pending = size - due;
      const place = { client, home, filler: client, due, pending: size };
      results.push({ pending: size, due, filledPerSecond, ...(await measure(place, rounds)) });
    }
    const delayMs = Number(values["delay-ms"]);
    if (delayMs > 0)
      results.push(await measureFarAway(server, client, { delayMs, due, pending, rounds }));
  } finally {
    await close();
  }
  show(results);
  await record("s3-scheduler", { results }, plot(results));
}

/** The same once more through a proxy that holds each request back. */
async function measureFarAway(server, filler, { delayMs, due, pending, rounds }) {
  const proxy = await startFaultProxy({
    target: server.endpoint,
    decide: () => ({ kind: "latency", delayMs }),
  });
  const client = clientOf({ ...server, endpoint: proxy.url });
  const home = { store: s3Store({ client, service: "ceph" }), bucket: SCHEDULE };
  try {
    const measured = await measure({ client, home, filler, due, pending }, rounds);
    return { pending: pending + due, due, delayMs, ...measured };
  } finally {
    client.destroy();
    await proxy.close();
  }
}

async function fill(client, keys) {
  const startedMs = performance.now();
  await putAll(client, keys);
  return keys.length / ((performance.now() - startedMs) / 1_000);
}

/** Each in turn on equal events, the order changing from round to round. */
async function measure({ client, home, filler, due, pending }, rounds) {
  const sweeper = createSweeper({ ...home, allowTargets: [`${TARGET}/*`] });
  const ways = {
    s3Scheduler: () => sweepAsS3Scheduler(client),
    keywhen: async () => {
      const { delivered, requests } = await sweeper.sweep();
      return { delivered, requests };
    },
  };
  const runs = { s3Scheduler: [], keywhen: [] };
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? ["s3Scheduler", "keywhen"] : ["keywhen", "s3Scheduler"];
    for (const way of order) {
      await putAll(filler, eventKeys(due, instant(-60_000), `${way}-${pending}-${round}`));
      const startedMs = performance.now();
      const { delivered, requests } = await ways[way]();
      const seconds = (performance.now() - startedMs) / 1_000;
      if (delivered !== due) throw new Error(`${way}: ${delivered} of ${due} delivered`);
      runs[way].push({ seconds, requests });
    }
  }
  const idle = await measureIdle(sweeper, rounds);
  return { s3Scheduler: middleOf(runs.s3Scheduler), keywhen: middleOf(runs.keywhen), idle, runs };
}

/** A sweep while nothing is due. */
async function measureIdle(sweeper, rounds) {
  const sweeps = [];
  for (let round = 0; round < rounds + 2; round++) {
    const startedMs = performance.now();
    const { requests } = await sweeper.sweep();
    sweeps.push({ ms: performance.now() - startedMs, requests });
  }
  return { ms: median(sweeps.map(({ ms }) => ms)), requests: sweeps.at(-1).requests };
}

async function sweepAsS3Scheduler(client) {
  const requests = { list: 0, copy: 0, delete: 0 };
  const now = instant(0);
  const dueKeys = [];
  for await (const page of paginateListObjectsV2(
    { client },
    { Bucket: SCHEDULE, Prefix: PREFIX },
  )) {
    requests.list += 1;
    const keys = (page.Contents ?? []).map(({ Key }) => Key);
    dueKeys.push(...keys.filter((key) => key.slice(PREFIX.length).split("|")[0] <= now));
  }
  for (const key of dueKeys) {
    const [, Bucket, Key] = key.split("|");
    const CopySource = `${SCHEDULE}/${encodeURIComponent(key)}`;
    await client.send(new CopyObjectCommand({ Bucket, Key, CopySource }));
    await client.send(new DeleteObjectCommand({ Bucket: SCHEDULE, Key: key }));
    requests.copy += 1;
    requests.delete += 1;
  }
  return { delivered: dueKeys.length, requests };
}

function middleOf(runs) {
  const seconds = median(runs.map((one) => one.seconds));
  return { seconds, requests: runs.at(-1).requests };
}

function show(results) {
  const rows = results.flatMap(({ pending, due, delayMs, s3Scheduler, keywhen }) =>
    [
      ["s3-scheduler", s3Scheduler],
      ["keywhen", keywhen],
    ].map(([name, { seconds, requests }]) => [
      `${name}, ${due} due among ${pending}${delayMs ? `, ${delayMs} ms away` : ""}`,
      figure(seconds),
      figure(due / seconds),
      ...["list", "copy", "delete"].map((kind) => figure(requests[kind])),
      figure(s3Scheduler.seconds / seconds),
    ]),
  );
  printTable(["", "seconds", "events/s", "LIST", "COPY", "DELETE", "times as fast"], rows);
}

function plot(results) {
  const panels = results.map(({ pending, due, delayMs, s3Scheduler, keywhen }) => ({
    title: `${due} due among ${pending.toLocaleString("en-US")} pending${delayMs ? `, ${delayMs} ms away` : ""}: delivered a second`,
    bars: [
      { name: "s3-scheduler (2018)", value: due / s3Scheduler.seconds },
      { name: "keywhen", value: due / keywhen.seconds, isOurs: true },
    ],
  }));
  return plotBars("Beside the algorithm of 2018, Ceph gateway", panels);
}
