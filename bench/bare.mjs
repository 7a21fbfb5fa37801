import { createSweeper } from "@keywhen/core";
import { openFolder, openMemory, openOnAzurite, openOnCeph } from "./bare/places.mjs";
import { plotBars } from "./bars.mjs";
import { eventKeys, SCHEDULE, TARGET } from "./ceph-home.mjs";
import { forEach, instant, inTurns, median, optionsFrom, timed } from "./measuring.mjs";
import { record } from "./record.mjs";
import { printTable } from "./table.mjs";

const CONCURRENCY = 64;
const BODY = new Uint8Array(256);
const PLACES = { ceph: openOnCeph, azurite: openOnAzurite, folder: openFolder, memory: openMemory };

/** The table here and in docs/performance.md. */
export const COLUMNS = {
  "": "name",
  "bare loop/s": "barePerSecond",
  "sweep/s": "sweepPerSecond",
  ratio: ({ ratio }) => ratio.toFixed(2),
  "CPU bare, µs": "bareCpuUs",
  "CPU sweep, µs": "sweepCpuUs",
};

/** Compares a sweep with the least that has to be sent, by the same client at the same concurrency, in pairs on equal events. */
export async function run(args) {
  const { places, ...size } = optionsFrom(args, {
    due: 2_000,
    rounds: 5,
    places: Object.keys(PLACES).join(","),
  });
  const results = [];
  for (const place of places.split(",")) {
    const { systems, close } = await PLACES[place]();
    try {
      for (const system of systems) await measure(system, Math.min(size.due, 500), 1, "warm-up");
      for (const system of systems) results.push(await measure(system, size.due, size.rounds));
    } finally {
      await close();
    }
  }
  const { due, rounds } = size;
  console.log(
    `${due} due events of 256 bytes, ${CONCURRENCY} copies in flight, ${rounds} pairs, medians`,
  );
  printTable(COLUMNS, results);
  await record("bare", { concurrency: CONCURRENCY, size, results }, plot(results));
}

async function measure({ name, store, copy, deleteAll }, due, rounds, label = "round") {
  const allowTargets = [`${TARGET}/*`];
  const sweeper = createSweeper({
    store,
    bucket: SCHEDULE,
    concurrency: CONCURRENCY,
    allowTargets,
  });
  const works = {
    async bare(keys) {
      await forEach(keys, CONCURRENCY, copy);
      await deleteAll(keys);
    },
    async sweep(keys) {
      const { delivered } = await sweeper.sweep();
      if (delivered !== keys.length) throw new Error(`${delivered} of ${keys.length} delivered`);
    },
  };
  const pairs = await inTurns(rounds, Object.keys(works), async (which, round) => {
    const keys = eventKeys(due, instant(-60_000), `${name.length}-${which}-${label}-${round}`);
    await forEach(keys, CONCURRENCY, (key) => putEvent(store, key));
    return timed(due, () => works[which](keys));
  });
  const middle = (which, key) => median(pairs.map((pair) => pair[which][key]));
  return {
    name,
    barePerSecond: middle("bare", "perSecond"),
    sweepPerSecond: middle("sweep", "perSecond"),
    ratio: median(pairs.map(({ bare, sweep }) => sweep.perSecond / bare.perSecond)),
    bareCpuUs: middle("bare", "cpuUs"),
    sweepCpuUs: middle("sweep", "cpuUs"),
    pairs,
  };
}

/** Not timed, so it tries again: Azurite closes connections that have been idle, and the next request then fails. */
async function putEvent(store, key) {
  const put = () => store.put({ bucket: SCHEDULE, key }, BODY);
  await put().catch((error) => {
    if (!error.retryable) throw error;
    return put();
  });
}

function plot(results) {
  const barsOf = (key, isOurs) =>
    results.map((one) => ({ name: one.name, value: one[key], isOurs }));
  return plotBars("A sweep and a bare loop of the same client", [
    { title: "delivered by a sweep for one by the bare loop", bars: barsOf("ratio", true) },
    { title: "CPU of the bare loop, µs an event", bars: barsOf("bareCpuUs", false) },
    { title: "CPU of the sweep, µs an event", bars: barsOf("sweepCpuUs", true) },
  ]);
}
