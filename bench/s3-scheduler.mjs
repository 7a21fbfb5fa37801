import { CopyObjectCommand, DeleteObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { s3Store } from "@keywhen/adapter-s3";
import { createSweeper } from "@keywhen/core";
import { startFaultProxy } from "@keywhen/test-servers";
import { plotBars } from "./bars.mjs";
import {
  clientOf,
  eventKeys,
  openCephHome,
  PREFIX,
  putAll,
  SCHEDULE,
  TARGET,
} from "./ceph-home.mjs";
import { DAY_MS, instant, inTurns, median, optionsFrom, timed } from "./measuring.mjs";
import { record, recorded } from "./record.mjs";
import { counted, printTable } from "./table.mjs";

/**
 * Compares a sweep with the algorithm of the Python package (2018), which lists everything, then copies and deletes what is due,
 * one after the other: on the same events, with the same client.
 */
export async function run(args) {
  const { due, rounds, ...options } = optionsFrom(args, {
    due: 1_000,
    pending: "10000,100000",
    /** How much later each answer comes in the last measurement, as it would from a bucket that is not on this machine. */
    "delay-ms": 30,
    rounds: 3,
    /** Keeps what was recorded for other numbers, so that a long run may be done in parts. */
    add: false,
  });
  const { server, client, home, close } = await openCephHome();
  const results = options.add ? ((await recorded("s3-scheduler"))?.results ?? []) : [];
  let pending = 0;
  try {
    for (const size of options.pending.split(",").map(Number)) {
      const more = eventKeys(size - due - pending, instant(DAY_MS), `pending-${size}`);
      const { perSecond: filledPerSecond } = await timed(more.length, () => putAll(client, more));
      pending = size - due;
      const place = { client, home, filler: client, due, pending: size };
      results.push({ pending: size, due, filledPerSecond, ...(await measure(place, rounds)) });
    }
    const delayMs = options["delay-ms"];
    if (delayMs > 0)
      results.push(await measureFarAway(server, client, { delayMs, due, pending, rounds }));
  } finally {
    await close();
  }
  printTable(
    {
      "": ({ name, due, pending, delayMs }) =>
        `${name}, ${due} due among ${pending}${delayMs ? `, ${delayMs} ms away` : ""}`,
      seconds: "seconds",
      "events/s": ({ due, seconds }) => due / seconds,
      LIST: ({ requests }) => requests.list,
      COPY: ({ requests }) => requests.copy,
      DELETE: ({ requests }) => requests.delete,
      "times as fast": "timesAsFast",
    },
    waysOf(results),
  );
  await record("s3-scheduler", { results }, plot(results));
}

/** Both ways of each result, one after the other. */
export function waysOf(results) {
  return results.flatMap(({ s3Scheduler, keywhen, ...size }) =>
    Object.entries({ "s3-scheduler": s3Scheduler, keywhen }).map(([name, way]) => ({
      ...size,
      name,
      ...way,
      timesAsFast: s3Scheduler.seconds / way.seconds,
    })),
  );
}

/** The same through a proxy that holds each request back. */
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

/** Each in turn on equal events, and then a sweep while nothing is due. */
async function measure({ client, home, filler, due, pending }, rounds) {
  const sweeper = createSweeper({ ...home, allowTargets: [`${TARGET}/*`] });
  const ways = { s3Scheduler: () => sweepAsS3Scheduler(client), keywhen: () => sweeper.sweep() };
  const runs = await inTurns(rounds, Object.keys(ways), async (way, round) => {
    await putAll(filler, eventKeys(due, instant(-60_000), `${way}-${pending}-${round}`));
    return measureSweep(ways[way], due);
  });
  const idle = await inTurns(rounds + 2, ["sweep"], () => measureSweep(ways.keywhen, 0));
  const middleOf = (way) => ({
    seconds: median(runs.map((run) => run[way].seconds)),
    requests: runs.at(-1)[way].requests,
  });
  return {
    s3Scheduler: middleOf("s3Scheduler"),
    keywhen: middleOf("keywhen"),
    idle: {
      ms: median(idle.map(({ sweep }) => sweep.seconds * 1_000)),
      requests: idle.at(-1).sweep.requests,
    },
    runs,
  };
}

async function measureSweep(sweep, due) {
  let report;
  const { ms } = await timed(Math.max(1, due), async () => {
    report = await sweep();
  });
  if (report.delivered !== due) throw new Error(`${report.delivered} of ${due} delivered`);
  return { seconds: ms / 1_000, requests: report.requests };
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

function plot(results) {
  const panels = results.map(({ pending, due, delayMs, s3Scheduler, keywhen }) => ({
    title: `${due} due among ${counted(pending)} pending${delayMs ? `, ${delayMs} ms away` : ""}: delivered a second`,
    bars: [
      { name: "s3-scheduler (2018)", value: due / s3Scheduler.seconds },
      { name: "keywhen", value: due / keywhen.seconds, isOurs: true },
    ],
  }));
  return plotBars("The algorithm of 2018 and keywhen, Ceph gateway", panels);
}
