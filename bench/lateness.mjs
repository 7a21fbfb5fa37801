import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createScheduler, createSweeper } from "@keywhen/core";
import { openCephHome, TARGET } from "./ceph-home.mjs";
import { describeIdle, measureIdle } from "./idle.mjs";
import { plotLateness } from "./lateness-plot.mjs";

const PLOT = fileURLToPath(new URL("../docs/lateness.svg", import.meta.url));
const POLL = { start: "1s", precise: "5s" };
/** Short notice: an event is written so long before it is due, at most. */
const NOTICE_MS = 2_000;
const BODY = "x".repeat(256);

const OPTIONS = {
  seconds: { type: "string", default: "60" }, // also the interval in which sweeps are woken
  events: { type: "string", default: "2000" },
  svg: { type: "string", default: PLOT },
};

/**
 * From the due instant to the confirmed copy: events at random instants, half of them scheduled in advance and half at
 * short notice; then a burst at one instant, and what `keywhen run` takes while nothing is due.
 */
export async function run(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const size = { seconds: Number(values.seconds), events: Number(values.events) };
  const { server, home, close } = await openCephHome();
  try {
    console.log(`${size.events} events of 256 bytes over ${size.seconds} s, Ceph gateway`);
    console.log(
      "ms after the due instant   events | copy begun p50  p99   first | copied  p50      p99      max",
    );
    const series = [];
    for (const way of [goOn, wakePrecise, wakePlain]) {
      series.push(...showRandom(way, await measureRandom(home, way, size), size));
    }
    showBurst(await measureBurst(home, size.events));
    await writeFile(values.svg, plotLateness(series, size));
    console.log(`plot: ${values.svg}`);
    for (const line of describeIdle(await measureIdle(server, size.seconds))) console.log(line);
  } finally {
    await close();
  }
}

/** One process that goes on, as `keywhen run` does. */
function goOn(home, { observe, intervalMs, signal }) {
  const sweeper = createSweeper({ ...home, allowTargets: ["*"], observe });
  return sweeper.start({ every: `${intervalMs}ms`, poll: POLL.start, signal }).done;
}
goOn.title = `start(), poll ${POLL.start}`;

/** As a scheduled function: a fresh sweeper in each interval, begun somewhere in it, the next before it has ended. */
async function wakePrecise(home, options) {
  const { intervalMs } = options;
  await wakeInEach(options, (signal) =>
    createSweeper({ ...home, allowTargets: ["*"], observe: options.observe }).sweep({
      lookAhead: `${intervalMs}ms`,
      poll: POLL.precise,
      signal,
    }),
  );
}
wakePrecise.title = `precise, poll ${POLL.precise}`;

async function wakePlain(home, options) {
  await wakeInEach(options, (signal) =>
    createSweeper({ ...home, allowTargets: ["*"], observe: options.observe }).sweep({ signal }),
  );
}
wakePlain.title = "plain";

/** The first at once, then one at a random instant of each interval. */
async function wakeInEach({ intervalMs, signal }, sweep) {
  const running = [];
  let startMs = Math.floor(Date.now() / intervalMs) * intervalMs;
  while (!signal.aborted) {
    running.push(sweep(signal));
    startMs += intervalMs;
    const wakeMs = startMs + Math.random() * intervalMs;
    await sleep(wakeMs - Date.now(), undefined, { signal }).catch(() => {}); // it is to end
  }
  await Promise.all(running);
}

/** The window lies around the end of the first range, so that one sweep hands over to the next in its middle. */
async function measureRandom(home, way, { seconds, events }) {
  const intervalMs = seconds * 1_000;
  await untilEarlyIn(intervalMs);
  const rangeEndMs = (Math.floor(Date.now() / intervalMs) + 2) * intervalMs;
  const window = { fromMs: rangeEndMs - intervalMs / 2, lengthMs: intervalMs };
  const isDone = countdown(events);
  const inTime = randomEvents(window, events / 2, `${way.name}/advance`);
  const shortly = randomEvents(window, events / 2, `${way.name}/short`);
  const copied = { advance: [], short: [] };
  const stopping = new AbortController();
  const observe = observer((key, copiedMs, begunMs) => {
    copied[key.split("/")[1]].push({ copiedMs, begunMs });
    isDone.one();
  });
  const scheduler = createScheduler(home);
  await scheduler.scheduleMany(inTime);
  if (Date.now() > window.fromMs) throw new Error("too slow to schedule so many: fewer --events");
  const sweeping = way(home, { observe, intervalMs, signal: stopping.signal });
  await Promise.all(shortly.map((event) => scheduleShortly(scheduler, event)));
  await Promise.race([
    isDone.promise,
    sleep(3 * intervalMs + 30_000).then(() => fail(way, copied)),
  ]);
  stopping.abort();
  await sweeping;
  return copied;
}

/** Early enough in an interval to write what is in advance before the window. */
async function untilEarlyIn(intervalMs) {
  const sinceMs = Date.now() % intervalMs;
  if (sinceMs > intervalMs / 2) await sleep(intervalMs - sinceMs);
}

function randomEvents({ fromMs, lengthMs }, count, keyPrefix) {
  return Array.from({ length: count }, (_, index) => ({
    at: new Date(fromMs + Math.floor(Math.random() * lengthMs)),
    to: { bucket: TARGET, key: `${keyPrefix}/${index}` },
    body: BODY,
  }));
}

async function scheduleShortly(scheduler, event) {
  const writeMs = event.at.getTime() - Math.random() * NOTICE_MS;
  await sleep(writeMs - Date.now());
  await scheduler.schedule(event);
}

/** When each copy was confirmed and when it was begun, after its due instant; negative would be early. */
function observer(onCopied) {
  return (event) => {
    if (event.type === "sweep-failed") throw event.error;
    if (event.type !== "delivered") return;
    onCopied(event.to.key, Date.now() - Date.parse(event.id.split("|")[0]), event.latenessMs);
  };
}

function countdown(count) {
  let left = count;
  let resolve;
  const promise = new Promise((done) => {
    resolve = done;
  });
  const one = () => {
    left -= 1;
    if (left === 0) resolve();
  };
  return { promise, one };
}

function fail(way, { advance, short }) {
  throw new Error(`${way.title}: only ${advance.length} and ${short.length} were delivered`);
}

/** Prints a line for each kind, and gives what is plotted. */
function showRandom({ title }, { advance, short }, { seconds }) {
  console.log(title.startsWith("start") ? title : `${title}, woken each ${seconds} s`);
  return [showKind(title, "in advance", advance), showKind(title, "short notice", short)];
}

function showKind(title, kind, all) {
  const begun = sorted(all.map(({ begunMs }) => begunMs));
  const values = sorted(all.map(({ copiedMs }) => copiedMs));
  const cells = [
    kind.padEnd(23),
    String(all.length).padStart(8),
    " |",
    showMs(at(begun, 0.5), 14),
    showMs(at(begun, 0.99), 5),
    showMs(begun[0], 8),
    " |",
    showMs(at(values, 0.5), 11),
    showMs(at(values, 0.99), 9),
    showMs(at(values, 1), 9),
  ];
  console.log(`  ${cells.join("")}`);
  return { title, kind, values };
}

function showMs(ms, width) {
  return ms.toFixed(0).padStart(width);
}

/** As many as there are at one instant, scheduled in advance. */
export async function measureBurst(home, events) {
  const isDone = countdown(events);
  const copied = [];
  const begun = [];
  const stopping = new AbortController();
  const observe = observer((_, copiedMs, begunMs) => {
    copied.push(copiedMs);
    begun.push(begunMs);
    isDone.one();
  });
  const sweeping = goOn(home, { observe, intervalMs: 60_000, signal: stopping.signal });
  const at = new Date(Date.now() + 10_000 + events * 5);
  const burst = Array.from({ length: events }, (_, index) => ({
    at,
    to: { bucket: TARGET, key: `burst/${index}` },
    body: BODY,
  }));
  await createScheduler(home).scheduleMany(burst);
  if (Date.now() > at.getTime() - 2_000) throw new Error("too slow to schedule the burst");
  await isDone.promise;
  stopping.abort();
  await sweeping;
  const firstThereMs = (await firstLastModifiedMs(home, "burst/")) - at.getTime();
  return { copied: sorted(copied), begun: sorted(begun), firstThereMs };
}

/** By the store's clock, which is this machine's; Ceph's listings tell milliseconds. */
async function firstLastModifiedMs({ store }, prefix) {
  let firstMs = Number.POSITIVE_INFINITY;
  let startAfter;
  do {
    const page = await store.list({ bucket: TARGET, prefix, startAfter });
    for (const { lastModified } of page.objects) {
      firstMs = Math.min(firstMs, lastModified.getTime());
    }
    startAfter = page.more ? page.objects.at(-1).key : undefined;
  } while (startAfter !== undefined);
  return firstMs;
}

export function showBurst({ copied, begun, firstThereMs }) {
  const [firstMs, lastMs] = [copied[0], copied.at(-1)];
  const rate = (copied.length / lastMs) * 1_000;
  console.log(`burst of ${copied.length} at one instant, start()`);
  console.log(
    `  first copy begun after ${begun[0]} ms, at its target after ${firstThereMs} ms, confirmed after ${firstMs} ms; all after ${lastMs} ms, ${rate.toFixed(0)}/s`,
  );
}

function sorted(values) {
  return values.toSorted((left, right) => left - right);
}

function at(values, share) {
  return values[Math.max(0, Math.ceil(share * values.length) - 1)];
}
