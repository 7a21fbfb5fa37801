import { parseArgs } from "node:util";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { createScheduler } from "@keywhen/core";
import { plotBars } from "./bars.mjs";
import { clientOf, forEach, median, openCephHome, SCHEDULE, TARGET } from "./ceph-home.mjs";
import { record } from "./record.mjs";
import { figure, printTable } from "./table.mjs";

const CONCURRENCY = 32;
const BODY = "x".repeat(256);
const DAY_MS = 86_400_000;
const OPTIONS = {
  events: { type: "string", default: "10000" },
  rounds: { type: "string", default: "3" },
};

/** `scheduleMany` beside a bare loop of puts of the same SDK client at the same concurrency, Ceph gateway. */
export async function run(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const size = { events: Number(values.events), rounds: Number(values.rounds) };
  const { server, home, close } = await openCephHome();
  const bare = clientOf(server);
  const ways = {
    bare: (numbers, _at, run) =>
      forEach(numbers, CONCURRENCY, (number) =>
        bare.send(
          new PutObjectCommand({ Bucket: SCHEDULE, Key: `bare/${run}/${number}`, Body: BODY }),
        ),
      ),
    batch: (numbers, at, run) => scheduleAll(createScheduler(home), numbers, at, run),
  };
  try {
    for (const way of Object.values(ways)) await timed(way, 500, "warm-up");
    const pairs = [];
    for (let round = 0; round < size.rounds; round++) {
      const pair = {};
      for (const which of round % 2 === 0 ? ["bare", "batch"] : ["batch", "bare"]) {
        pair[which] = await timed(ways[which], size.events, `${which}-${round}`);
      }
      pairs.push(pair);
    }
    await tell(size, pairs);
  } finally {
    bare.destroy();
    await close();
  }
}

function scheduleAll(scheduler, numbers, at, run) {
  const events = numbers.map((number) => ({
    at,
    to: { bucket: TARGET, key: `${run}/${number}` },
    body: BODY,
  }));
  return scheduler.scheduleMany(events, { concurrency: CONCURRENCY });
}

async function timed(way, count, run) {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  await way(numbers, new Date(Date.now() + DAY_MS), run);
  const seconds = (performance.now() - startedMs) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: count / seconds, cpuUs: (user + system) / count };
}

async function tell(size, pairs) {
  const middle = (which, key) => median(pairs.map((pair) => pair[which][key]));
  const ratio = median(pairs.map(({ bare, batch }) => batch.perSecond / bare.perSecond));
  const rows = ["bare", "batch"].map((which) => ({
    name: which === "bare" ? "bare puts" : "scheduleMany",
    perSecond: middle(which, "perSecond"),
    cpuUs: middle(which, "cpuUs"),
    isOurs: which === "batch",
  }));
  printTable(
    [`${size.events} events`, "events/s", "CPU µs/event"],
    rows.map((row) => [row.name, figure(row.perSecond), figure(row.cpuUs)]),
  );
  console.log(`  median of the ratios, pair by pair: ${ratio.toFixed(3)}`);
  const bars = rows.map(({ name, perSecond, isOurs }) => ({ name, value: perSecond, isOurs }));
  const svg = plotBars("Scheduling many, Ceph gateway", [{ title: "events a second", bars }]);
  await record("batch", { concurrency: CONCURRENCY, size, ratio, rows, pairs }, svg);
}
