import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createSweeper } from "@keywhen/core";
import { plotBars } from "./bars.mjs";
import { eventKeys, instant, median, openCephHome, putAll, TARGET } from "./ceph-home.mjs";
import { keyMakingStore } from "./key-making-store.mjs";
import { record } from "./record.mjs";
import { figure, printTable } from "./table.mjs";

const THIS = fileURLToPath(import.meta.url);
const DAY_MS = 86_400_000;
const OPTIONS = {
  ceph: { type: "string", default: "1000,10000" }, // 100,000 there: bench -- s3-scheduler
  pending: { type: "string", default: "1000,10000,100000,1000000" },
  due: { type: "string", default: "1000,10000,100000,1000000" },
  rounds: { type: "string", default: "5" },
};

/**
 * What an idle sweep costs as more is pending, on the Ceph gateway and on a store that makes its keys; what a sweep of
 * more and more due events takes on the latter, each in a process of its own.
 */
export async function run(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const numbers = (name) => values[name].split(",").filter(Boolean).map(Number);
  const rounds = Number(values.rounds);
  const idle = [
    ...(await idleOnCeph(numbers("ceph"), rounds)),
    ...(await inChildren("idle", numbers("pending"), rounds)),
  ];
  const due = await inChildren("due", numbers("due"), rounds);
  printTable(
    ["idle sweep", "ms", "requests"],
    idle.map(({ store, count, ms, requests }) => [
      `${store}, ${count.toLocaleString("en-US")} pending`,
      figure(ms),
      figure(requests),
    ]),
  );
  printTable(
    ["due", "seconds", "events/s", "CPU µs/event", "peak MB"],
    due.map(({ count, ms, cpuUs, peakMb }) => [
      count.toLocaleString("en-US"),
      figure(ms / 1_000),
      figure((count / ms) * 1_000),
      figure(cpuUs),
      figure(peakMb),
    ]),
  );
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
      await sweeper.sweep(); // warm
      const sweeps = [];
      for (let round = 0; round < rounds; round++) sweeps.push(await sweepIdle(sweeper));
      results.push({ store: "Ceph gateway", count, ...middleOf(sweeps) });
    }
  } finally {
    await close();
  }
  return results;
}

async function sweepIdle(sweeper) {
  const startedMs = performance.now();
  const { delivered, requests } = await sweeper.sweep();
  if (delivered > 0) throw new Error("nothing was due");
  return { ms: performance.now() - startedMs, requests: sumOf(requests) };
}

/** The sizes in turn, once a round. */
async function inChildren(what, sizes, rounds) {
  const results = new Map(sizes.map((count) => [count, []]));
  for (let round = 0; round < rounds; round++) {
    for (const count of sizes) results.get(count).push(await inChild(what, count));
  }
  return sizes.map((count) => ({ store: "made keys", count, ...middleOf(results.get(count)) }));
}

async function inChild(what, count) {
  const child = fork(THIS, [what, String(count)]);
  const ended = once(child, "exit");
  const [result] = await Promise.race([once(child, "message"), ended.then(() => [undefined])]);
  if (result === undefined) throw new Error(`the sweep of ${count} failed`);
  await ended;
  return result;
}

async function sweepInThisProcess(what, count) {
  const at = new Date(Date.now() + (what === "idle" ? DAY_MS : -60_000));
  const store = keyMakingStore({ count, at, bucket: "schedule", target: TARGET });
  const sweeper = createSweeper({ store, bucket: "schedule", allowTargets: [`${TARGET}/*`] });
  if (what === "idle") await sweeper.sweep(); // warm
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  const { delivered, requests } = await sweeper.sweep();
  const ms = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(cpu);
  const expected = what === "idle" ? 0 : count;
  if (delivered !== expected || store.seen.deleted !== expected) {
    throw new Error(`${delivered} of ${expected} delivered`);
  }
  process.send({
    ms,
    cpuUs: (user + system) / Math.max(1, delivered),
    peakMb: process.resourceUsage().maxRSS / 1_024,
    requests: sumOf(requests),
  });
  process.disconnect();
}

function middleOf(results) {
  const keys = Object.keys(results[0]);
  return Object.fromEntries(keys.map((key) => [key, median(results.map((one) => one[key]))]));
}

function sumOf(requests) {
  return Object.values(requests).reduce((sum, count) => sum + count, 0);
}

function plot(idle, due) {
  const counted = ({ count }) => count.toLocaleString("en-US");
  return plotBars("As there is more", [
    {
      title: "idle sweep: ms by pending events",
      bars: idle.map((one) => ({
        name: `${one.store}, ${counted(one)}`,
        value: one.ms,
        isOurs: true,
      })),
    },
    {
      title: "due events: seconds",
      bars: due.map((one) => ({ name: counted(one), value: one.ms / 1_000, isOurs: true })),
    },
    {
      title: "due events: peak memory, MB",
      bars: due.map((one) => ({ name: counted(one), value: one.peakMb, isOurs: true })),
    },
  ]);
}

if (process.argv[1] === THIS) await sweepInThisProcess(process.argv[2], Number(process.argv[3]));
