// A sweeper in a separate process, started by `startSweeper()` with its job as the argument. It waits
// for "start", sweeps until "stop", and ends when the process that started it has ended.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { createSweeper } from "@keywhen/core";
import { recurringWakeUps } from "@keywhen/recurring";
import { webhook } from "@keywhen/webhook";
import { LEASE, openStore, SCHEDULE, TARGET } from "./store-place.js";
import type { SweeperJob, SweeperSays } from "./sweeper-child.js";

/** Small, because many sweepers share a server and two cores. */
const CONCURRENCY = 16;

process.on("disconnect", () => process.exit(0));
const { place, name, root, whenHeld, pauseMs, receiver }: SweeperJob = JSON.parse(
  process.argv[2] ?? "",
);
const { store, close } = await openStore(place, name);
let hasDelivered = false;
const sweeper = createSweeper({
  store,
  bucket: SCHEDULE,
  root,
  allowTargets: receiver === undefined ? [`${TARGET}/*`] : undefined,
  destinations: receiver && {
    [TARGET]: webhook({ ...receiver, headers: { "x-sweeper": name } }),
  },
  leaseDuration: LEASE,
  concurrency: CONCURRENCY,
  owner: name,
  wakeUps: recurringWakeUps(),
  observe: ({ type }) => {
    if (type !== "delivered" || hasDelivered) return;
    hasDelivered = true;
    say("delivered");
  },
});
await store.list({ bucket: SCHEDULE, limit: 1 }).catch(() => {}); // warms up; the sweeps report what is wrong
say("ready");
await once(process, "message");
const stopping = new AbortController();
const { signal } = stopping;
process.on("message", () => stopping.abort());
while (!signal.aborted) {
  // A sweep that fails is tried again later: the server may be down.
  const report = await sweeper.sweep({ signal, whenHeld }).catch(() => undefined);
  const isBusy = report?.outcome === "swept" && report.delivered > 0;
  if (!isBusy) await sleep(pauseMs, undefined, { signal }).catch(() => {});
}
close();
process.removeAllListeners("disconnect");
process.disconnect?.();

function say(what: SweeperSays): void {
  process.send?.(what);
}
