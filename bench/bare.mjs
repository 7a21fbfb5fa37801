import { parseArgs } from "node:util";
import { createSweeper } from "@keywhen/core";
import { openOnAzurite } from "./bare/azure.mjs";
import { openFolder, openMemory } from "./bare/local.mjs";
import { openOnCeph } from "./bare/s3.mjs";
import { plotBars } from "./bars.mjs";
import { eventKeys, forEach, instant, median, SCHEDULE, TARGET } from "./ceph-home.mjs";
import { record } from "./record.mjs";
import { figure, printTable } from "./table.mjs";

const CONCURRENCY = 64;
const BODY = new Uint8Array(256);
const PLACES = { ceph: openOnCeph, azurite: openOnAzurite, folder: openFolder, memory: openMemory };

const OPTIONS = {
  due: { type: "string", default: "2000" },
  rounds: { type: "string", default: "5" },
  places: { type: "string", default: Object.keys(PLACES).join(",") },
};

/** A sweep beside the least that has to be sent, by the same client at the same concurrency, in pairs on equal events. */
export async function run(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const size = { due: Number(values.due), rounds: Number(values.rounds) };
  const results = [];
  for (const place of values.places.split(",")) {
    const { systems, close } = await PLACES[place]();
    try {
      results.push(...(await measureAll(systems, size)));
    } finally {
      await close();
    }
  }
  show(results, size);
  await record("bare", { concurrency: CONCURRENCY, size, results }, plot(results));
}

/** The systems of one place in turn, once a round; which of a pair goes first changes from round to round. */
async function measureAll(systems, { due, rounds }) {
  const pairs = new Map(systems.map(({ name }) => [name, []]));
  for (const system of systems) await measurePair(system, Math.min(due, 500), "warm-up", false);
  for (let round = 0; round < rounds; round++) {
    for (const system of systems) {
      const pair = await measurePair(system, due, String(round), round % 2 === 1);
      pairs.get(system.name).push(pair);
    }
  }
  return systems.map(({ name }) => ({ name, ...middleOf(pairs.get(name)) }));
}

async function measurePair(system, due, run, isSweepFirst) {
  const sweeper = createSweeper({
    store: system.store,
    bucket: SCHEDULE,
    concurrency: CONCURRENCY,
    allowTargets: [`${TARGET}/*`],
  });
  const works = {
    async bare(keys) {
      await forEach(keys, CONCURRENCY, system.copy);
      await system.deleteAll(keys);
    },
    async sweep(keys) {
      const { delivered } = await sweeper.sweep();
      if (delivered !== keys.length) throw new Error(`${delivered} of ${keys.length} delivered`);
    },
  };
  const pair = {};
  for (const which of isSweepFirst ? ["sweep", "bare"] : ["bare", "sweep"]) {
    const keys = eventKeys(due, instant(-60_000), `${system.name.length}-${which}-${run}`);
    await forEach(keys, CONCURRENCY, (key) => putEvent(system.store, key));
    pair[which] = await timed(keys, works[which]);
  }
  return pair;
}

/** Not timed, so twice if need be: Azurite closes connections that have been idle, just as they are used again. */
async function putEvent(store, key) {
  const put = () => store.put({ bucket: SCHEDULE, key }, BODY);
  try {
    await put();
  } catch (error) {
    if (!error.retryable) throw error;
    await put();
  }
}

async function timed(keys, work) {
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  await work(keys);
  const seconds = (performance.now() - startedMs) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: keys.length / seconds, cpuUs: (user + system) / keys.length };
}

function middleOf(pairs) {
  const middle = (which, key) => median(pairs.map((pair) => pair[which][key]));
  return {
    barePerSecond: middle("bare", "perSecond"),
    sweepPerSecond: middle("sweep", "perSecond"),
    ratio: median(pairs.map(({ bare, sweep }) => sweep.perSecond / bare.perSecond)),
    bareCpuUs: middle("bare", "cpuUs"),
    sweepCpuUs: middle("sweep", "cpuUs"),
    pairs,
  };
}

function show(results, { due, rounds }) {
  console.log(
    `${due} due events of 256 bytes, ${CONCURRENCY} copies at once, ${rounds} pairs, medians`,
  );
  const head = ["", "bare loop/s", "sweep/s", "ratio", "CPU bare µs", "CPU sweep µs"];
  const keys = ["barePerSecond", "sweepPerSecond", "ratio", "bareCpuUs", "sweepCpuUs"];
  printTable(
    head,
    results.map((one) => [one.name, ...keys.map((key) => figure(one[key]))]),
  );
}

function plot(results) {
  const barsOf = (key, isOurs) =>
    results.map((one) => ({ name: one.name, value: one[key], isOurs }));
  return plotBars("A sweep beside a bare loop of the same client", [
    { title: "delivered by a sweep for one by the bare loop", bars: barsOf("ratio", true) },
    { title: "CPU of the bare loop, µs an event", bars: barsOf("bareCpuUs", false) },
    { title: "CPU of the sweep, µs an event", bars: barsOf("sweepCpuUs", true) },
  ]);
}
