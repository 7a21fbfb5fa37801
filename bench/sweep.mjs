import { CopyObjectCommand, DeleteObjectsCommand } from "@aws-sdk/client-s3";
import { createSweeper } from "@keywhen/core";
import {
  clientOf,
  eventKeys,
  forEach,
  instant,
  median,
  openCephHome,
  putAll,
  SCHEDULE,
  TARGET,
} from "./ceph-home.mjs";

const CONCURRENCY = 64;
const BATCH = 1_000;

/** Alternates a bare loop and a sweep over equal events on one server; prints each pair and the medians. */
export async function run([due = "2000", runs = "5"]) {
  const { server, client, home, close } = await openCephHome();
  const bare = clientOf(server);
  const sweeper = createSweeper({
    ...home,
    concurrency: CONCURRENCY,
    allowTargets: [`${TARGET}/*`],
  });
  const sweepAll = async (keys) => {
    const { delivered } = await sweeper.sweep();
    if (delivered !== keys.length) throw new Error(`${delivered} of ${keys.length} delivered`);
  };
  const pairs = [];
  try {
    await timed(client, 500, "warm-up-1", (keys) => bareLoop(bare, keys));
    await timed(client, 500, "warm-up-2", sweepAll);
    console.log(`${due} due events of 256 bytes, ${CONCURRENCY} copies at once, Ceph gateway`);
    console.log("  run   bare loop/s   sweep/s   ratio   CPU bare ms   CPU sweep ms");
    for (let index = 0; index < Number(runs); index++) {
      // Which goes first changes from pair to pair.
      const order = index % 2 === 0 ? ["bare", "sweep"] : ["sweep", "bare"];
      const pair = {};
      for (const which of order) {
        const work = which === "bare" ? (keys) => bareLoop(bare, keys) : sweepAll;
        pair[which] = await timed(client, Number(due), `${which}-${index}`, work);
      }
      pairs.push(pair);
      show(String(index + 1), pair);
    }
    const middle = (which, figure) => median(pairs.map((pair) => pair[which][figure]));
    const both = ["bare", "sweep"].map((which) => [
      which,
      { perSecond: middle(which, "perSecond"), cpuMs: middle(which, "cpuMs") },
    ]);
    show("mid", Object.fromEntries(both));
    const ratios = pairs.map(({ bare, sweep }) => sweep.perSecond / bare.perSecond);
    console.log(`  median of the ratios, pair by pair: ${median(ratios).toFixed(3)}`);
  } finally {
    bare.destroy();
    await close();
  }
}

function show(name, { bare, sweep }) {
  const ratio = (sweep.perSecond / bare.perSecond).toFixed(3);
  const cells = [
    name.padStart(5),
    bare.perSecond.toFixed(0).padStart(13),
    sweep.perSecond.toFixed(0).padStart(9),
    ratio.padStart(7),
    bare.cpuMs.toFixed(3).padStart(13),
    sweep.cpuMs.toFixed(3).padStart(14),
  ];
  console.log(cells.join(" "));
}

async function timed(client, count, run, work) {
  const keys = eventKeys(count, instant(-60_000), run);
  await putAll(client, keys);
  globalThis.gc?.();
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  await work(keys);
  const seconds = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: count / seconds, cpuMs: (user + system) / 1000 / count };
}

/** The least that has to be sent, by the SDK's own commands. */
async function bareLoop(client, keys) {
  await forEach(keys, CONCURRENCY, (key) =>
    client.send(
      new CopyObjectCommand({
        Bucket: TARGET,
        Key: key.split("|")[2],
        CopySource: `${SCHEDULE}/${encodeURIComponent(key)}`,
      }),
    ),
  );
  for (let start = 0; start < keys.length; start += BATCH) {
    const Objects = keys.slice(start, start + BATCH).map((Key) => ({ Key }));
    const answer = await client.send(
      new DeleteObjectsCommand({ Bucket: SCHEDULE, Delete: { Objects, Quiet: true } }),
    );
    if (answer.Errors?.length) throw new Error(JSON.stringify(answer.Errors[0]));
  }
}
