import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createScheduler, createSweeper } from "@keywhen/core";
import { openCephHome, TARGET } from "./ceph-home.mjs";
import { showIdle } from "./idle.mjs";
import { plotLateness } from "./lateness-plot.mjs";
import { ascending, atShare, countdown, numbersTo, optionsFrom } from "./measuring.mjs";
import { counted, printTable } from "./table.mjs";

const PLOT = fileURLToPath(new URL("../docs/lateness.svg", import.meta.url));
const POLL = { start: "1s", precise: "5s" };
/** Short notice: the longest time between the write of an event and its due instant. */
const NOTICE_MS = 2_000;
const BODY = "x".repeat(256);

const COLUMNS = {
  "ms after the due instant": ({ title, kind }) => `${title}, ${kind}`,
  events: ({ values }) => counted(values.length),
  "begun p50": ({ begun }) => ms(atShare(begun, 0.5)),
  p99: ({ begun }) => ms(atShare(begun, 0.99)),
  first: ({ begun }) => ms(begun[0]),
  "copied p50": ({ values }) => ms(atShare(values, 0.5)),
  "copied p99": ({ values }) => ms(atShare(values, 0.99)),
  max: ({ values }) => ms(atShare(values, 1)),
};

/**
 * From the due instant to the confirmed copy: events at random instants, half of them scheduled in advance and half at
 * short notice; then a burst at one instant, and what `keywhen run` takes while nothing is due.
 */
export async function run(args) {
  // Sweeps are also woken at intervals of these seconds.
  const { svg, ...size } = optionsFrom(args, { seconds: 60, events: 2_000, svg: PLOT });
  const { server, home, close } = await openCephHome();
  try {
    console.log(`${size.events} events of 256 bytes over ${size.seconds} s, Ceph gateway`);
    const series = [];
    for (const way of [goOn, wakePrecise, wakePlain]) {
      series.push(...(await measureRandom(home, way, size)));
    }
    printTable(COLUMNS, series);
    await measureBurst(home, size.events);
    await writeFile(svg, plotLateness(series, size));
    console.log(`plot: ${svg}`);
    await showIdle(server, size.seconds);
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
function wakePrecise(home, options) {
  const lookAhead = `${options.intervalMs}ms`;
  return wakeInEach(home, options, { lookAhead, poll: POLL.precise });
}
wakePrecise.title = `precise, poll ${POLL.precise}`;

function wakePlain(home, options) {
  return wakeInEach(home, options, {});
}
wakePlain.title = "plain";

/** The first now, then one at a random instant of each interval. */
async function wakeInEach(home, { observe, intervalMs, signal }, sweepOptions) {
  const running = [];
  let startMs = Math.floor(Date.now() / intervalMs) * intervalMs;
  while (!signal.aborted) {
    const sweeper = createSweeper({ ...home, allowTargets: ["*"], observe });
    running.push(sweeper.sweep({ ...sweepOptions, signal }));
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
  const fromMs = rangeEndMs - intervalMs / 2;
  const instants = () => new Date(fromMs + Math.floor(Math.random() * intervalMs));
  const isDone = countdown(events);
  const copied = { advance: [], short: [] };
  const stopping = new AbortController();
  const observe = observer((key, times) => {
    copied[key.split("/")[1]].push(times);
    isDone.one();
  });
  const scheduler = createScheduler(home);
  await scheduler.scheduleMany(eventsFor(events / 2, instants, `${way.name}/advance`));
  if (Date.now() > fromMs) throw new Error("too slow to schedule so many: fewer --events");
  const sweeping = way(home, { observe, intervalMs, signal: stopping.signal });
  const shortly = eventsFor(events / 2, instants, `${way.name}/short`);
  await Promise.all(shortly.map((event) => scheduleShortly(scheduler, event)));
  const tooLate = sleep(3 * intervalMs + 30_000, undefined, { ref: false }).then(() => {
    const { advance, short } = copied;
    throw new Error(`${way.title}: only ${advance.length} and ${short.length} were delivered`);
  });
  await Promise.race([isDone.promise, tooLate]);
  stopping.abort();
  await sweeping;
  return Object.entries({ "in advance": copied.advance, "short notice": copied.short }).map(
    ([kind, all]) => ({
      title: way.title,
      kind,
      begun: ascending(all.map(({ begunMs }) => begunMs)),
      values: ascending(all.map(({ copiedMs }) => copiedMs)),
    }),
  );
}

/** Early enough in an interval to write what is in advance before the window. */
async function untilEarlyIn(intervalMs) {
  const sinceMs = Date.now() % intervalMs;
  if (sinceMs > intervalMs / 2) await sleep(intervalMs - sinceMs);
}

function eventsFor(count, instants, keyPrefix) {
  return numbersTo(count).map((index) => ({
    at: instants(),
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
    const copiedMs = Date.now() - Date.parse(event.id.split("|")[0]);
    onCopied(event.to.key, { copiedMs, begunMs: event.latenessMs });
  };
}

/** Schedules all events for one instant, in advance. */
async function measureBurst(home, events) {
  const isDone = countdown(events);
  const all = [];
  const stopping = new AbortController();
  const observe = observer((_, times) => {
    all.push(times);
    isDone.one();
  });
  const sweeping = goOn(home, { observe, intervalMs: 60_000, signal: stopping.signal });
  const at = new Date(Date.now() + 10_000 + events * 5);
  await createScheduler(home).scheduleMany(eventsFor(events, () => at, "burst"));
  if (Date.now() > at.getTime() - 2_000) throw new Error("too slow to schedule the burst");
  await isDone.promise;
  stopping.abort();
  await sweeping;
  const begunMs = Math.min(...all.map((one) => one.begunMs));
  const copied = ascending(all.map(({ copiedMs }) => copiedMs));
  const thereMs = (await firstLastModifiedMs(home, "burst/")) - at.getTime();
  const [firstMs, lastMs] = [copied[0], copied.at(-1)];
  const rate = ((copied.length / lastMs) * 1_000).toFixed(0);
  console.log(`burst of ${copied.length} at one instant, start()`);
  console.log(
    `  first copy begun after ${begunMs} ms, at its target after ${thereMs} ms, confirmed after ${firstMs} ms; all after ${lastMs} ms, ${rate}/s`,
  );
}

/** By the store's clock, which is this machine's; Ceph's listings have milliseconds. */
async function firstLastModifiedMs({ store }, prefix) {
  let firstMs = Number.POSITIVE_INFINITY;
  let startAfter;
  do {
    const page = await store.list({ bucket: TARGET, prefix, startAfter });
    firstMs = Math.min(firstMs, ...page.objects.map(({ lastModified }) => lastModified.getTime()));
    startAfter = page.more ? page.objects.at(-1).key : undefined;
  } while (startAfter !== undefined);
  return firstMs;
}

function ms(value) {
  return value.toFixed(0);
}
