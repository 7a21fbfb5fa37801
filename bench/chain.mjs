// The whole chain: schedule -> sweep -> copy -> the target bucket's notification -> HTTP -> deliveries() -> handler.
import { setTimeout as sleep } from "node:timers/promises";
import { deliveries } from "@keywhen/consumer";
import { createScheduler, createSweeper } from "@keywhen/core";
import { pushCreated, startAnsweringServer } from "@keywhen/test-servers";
import { openCephHome, TARGET } from "./ceph-home.mjs";
import { ascending, atShare, countdown, numbersTo, optionsFrom } from "./measuring.mjs";

/** To schedule them in, and for a poll to find them. */
const NOTICE_MS = 5_000;
/** An event must be handled this long after the last one is due. */
const PATIENCE_MS = 60_000;

/** Both figures for events at random instants, on a Ceph gateway that pushes its notifications over HTTP. */
export async function run(args) {
  const { events: count, seconds } = optionsFrom(args, { events: 200, seconds: 20 });
  const fromMs = Date.now() + NOTICE_MS + count * 20;
  const events = numbersTo(count).map((index) => ({
    at: new Date(fromMs + Math.floor(Math.random() * seconds * 1_000)),
    key: `${index}.json`,
  }));
  console.log(
    `${count} events over ${seconds} s, Ceph gateway, look-ahead with a poll each second`,
  );
  for (const line of describeChain(await measureChain(events))) console.log(line);
}

/**
 * Schedules the events (`at` and `key`, which their bodies contain), sweeps with look-ahead, and returns a record for each: what
 * was scheduled, when its copy was confirmed, and each time that the handler was given it.
 */
export async function measureChain(events) {
  const { server, home, close } = await openCephHome();
  const records = new Map(events.map(({ at, key }) => [key, { at, copies: [], handled: [] }]));
  const done = countdown(events.length);
  const handle = async (body) => {
    for await (const delivery of deliveries(body.toString(), { store: home.store })) {
      const { deliveryId, key, at } = delivery;
      const atMs = Date.now();
      records.get(key)?.handled.push({ atMs, deliveryId, at, body: await delivery.json() });
      await delivery.remove();
      done.one();
    }
  };
  // Answered first: the gateway doesn't answer the copy before.
  const handling = new Set();
  const endpoint = await startAnsweringServer(({ body }) => {
    handling.add(handle(body).catch(done.fail));
    return { status: 200 };
  });
  const stopping = new AbortController();
  try {
    await pushCreated(server, { bucket: TARGET, url: `${endpoint.endpoint}/due` });
    const sweeping = sweepAhead(home, records, stopping.signal);
    await scheduleAll(home, events, records);
    const lastMs = Math.max(...events.map(({ at }) => at.getTime()));
    await Promise.race([done.promise, sweeping, failLater(lastMs - Date.now() + PATIENCE_MS)]);
    stopping.abort();
    await sweeping;
    await Promise.all(handling);
    return records;
  } finally {
    stopping.abort();
    await endpoint.stop();
    await close();
  }
}

function sweepAhead(home, records, signal) {
  const observe = (event) => {
    if (event.type !== "delivered") return;
    records.get(event.to.key)?.copies.push({ atMs: Date.now(), begunAfterMs: event.latenessMs });
  };
  const sweeper = createSweeper({ ...home, allowTargets: [`${TARGET}/*`], observe });
  return sweeper.start({ every: "1m", poll: "1s", signal }).done;
}

async function scheduleAll(home, events, records) {
  const scheduler = createScheduler(home);
  for (const { at, key } of events) {
    const to = { bucket: TARGET, key };
    const { deliveryId } = await scheduler.schedule({ at, to, json: { key } });
    records.get(key).deliveryId = deliveryId;
  }
}

/** A line for each figure: how long after the due instant. */
export function describeChain(records) {
  const all = [...records.values()];
  const after = (list) => all.flatMap((one) => one[list].map(({ atMs }) => atMs - one.at));
  return [
    `due -> copied   ${describe(after("copies"))}`,
    `due -> handler  ${describe(after("handled"))}`,
  ];
}

function describe(values) {
  const [p50, p99, max] = [0.5, 0.99, 1].map((share) => atShare(ascending(values), share));
  return `p50 ${p50} ms, p99 ${p99} ms, max ${max} ms (${values.length} events)`;
}

async function failLater(ms) {
  await sleep(ms, undefined, { ref: false });
  throw new Error("not every event has reached its handler");
}
