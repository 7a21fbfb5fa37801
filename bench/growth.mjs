import { fileURLToPath } from "node:url";
import { createSweeper } from "@keywhen/core";
import { plotBars } from "./bars.mjs";
import { eventKeys, openCephHome, putAll, TARGET } from "./ceph-home.mjs";
import { keyMakingStore } from "./key-making-store.mjs";
import {
  DAY_MS,
  instant,
  inTurns,
  medians,
  optionsFrom,
  printedBy,
  sum,
  timed,
} from "./measuring.mjs";
import { record } from "./record.mjs";
import { counted, printTable } from "./table.mjs";

const THIS = fileURLToPath(import.meta.url);

/** The tables here and in docs/performance.md. */
export const IDLE_COLUMNS = {
  store: "store",
  pending: ({ count }) => counted(count),
  ms: "ms",
  requests: "requests",
};
export const DUE_COLUMNS = {
  due: ({ count }) => counted(count),
  seconds: ({ ms }) => ms / 1_000,
  "events/s": ({ count, ms }) => (count / ms) * 1_000,
  "CPU, µs an event": "cpuUs",
  "peak memory, MB": "peakMb",
};

/**
 * Measures what an idle sweep costs as more is pending, on the Ceph gateway and on a store that makes its keys, and what a sweep
 * of more and more due events takes on the latter, each in a new process.
 */
export async function run(args) {
  const { rounds, ...sizes } = optionsFrom(args, {
    ceph: "1000,10000", // for 100,000 there, use s3-scheduler
    pending: "1000,10000,100000,1000000",
    due: "1000,10000,100000,1000000",
    rounds: 5,
  });
  const numbers = (text) => text.split(",").filter(Boolean).map(Number);
  const idle = [
    ...(await idleOnCeph(numbers(sizes.ceph), rounds)),
    ...(await inChildren("idle", numbers(sizes.pending), rounds)),
  ];
  const due = await inChildren("due", numbers(sizes.due), rounds);
  printTable(IDLE_COLUMNS, idle);
  printTable(DUE_COLUMNS, due);
  await record("growth", { rounds, idle, due }, plot(idle, due));
}

async function idleOnCeph(sizes, rounds) {
  if (sizes.length === 0) return [];
  const { client, home, close } = await openCephHome();
  const results = [];
  let pending = 0;
  try {
    for (const count of sizes) {
      await putAll(client, eventKeys(count - pending, instant(DAY_MS), `pending-${count}`));
      pending = count;
      const sweeper = createSweeper({ ...home, allowTargets: [`${TARGET}/*`] });
      await sweep(sweeper, 0); // warm
      const sweeps = [];
      for (let round = 0; round < rounds; round++) sweeps.push(await sweep(sweeper, 0));
      results.push({ store: "Ceph gateway", count, ...medians(sweeps) });
    }
  } finally {
    await close();
  }
  return results;
}

/** The sizes in turn, once a round. */
async function inChildren(what, sizes, rounds) {
  const results = await inTurns(rounds, sizes, (count) => printedBy([THIS, what, String(count)]));
  return sizes.map((count) => ({
    store: "made keys",
    count,
    ...medians(results.map((result) => result[count])),
  }));
}

async function sweepInThisProcess(what, count) {
  const at = new Date(Date.now() + (what === "idle" ? DAY_MS : -60_000));
  const store = keyMakingStore({ count, at, bucket: "schedule", target: TARGET });
  const sweeper = createSweeper({ store, bucket: "schedule", allowTargets: [`${TARGET}/*`] });
  if (what === "idle") await sweep(sweeper, 0); // warm
  const result = await sweep(sweeper, what === "idle" ? 0 : count);
  if (store.seen.deleted !== (what === "idle" ? 0 : count)) throw new Error("not all were deleted");
  const peakMb = process.resourceUsage().maxRSS / 1_024;
  process.stdout.write(JSON.stringify({ ...result, peakMb }));
}

async function sweep(sweeper, expected) {
  let report;
  const { ms, cpuUs } = await timed(Math.max(1, expected), async () => {
    report = await sweeper.sweep();
  });
  const { delivered, requests } = report;
  if (delivered !== expected) throw new Error(`${delivered} of ${expected} delivered`);
  return { ms, cpuUs, requests: sum(requests) };
}

function plot(idle, due) {
  const bars = (items, nameOf, shown) =>
    items.map((one) => ({ name: nameOf(one), value: shown(one), isOurs: true }));
  const byCount = ({ count }) => counted(count);
  return plotBars("As there is more", [
    {
      title: "idle sweep: ms by pending events",
      bars: bars(
        idle,
        (one) => `${one.store}, ${byCount(one)}`,
        ({ ms }) => ms,
      ),
    },
    { title: "due events: seconds", bars: bars(due, byCount, ({ ms }) => ms / 1_000) },
    { title: "due events: peak memory, MB", bars: bars(due, byCount, ({ peakMb }) => peakMb) },
  ]);
}

if (process.argv[1] === THIS) await sweepInThisProcess(process.argv[2], Number(process.argv[3]));
