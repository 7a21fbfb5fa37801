// A sweeper in a process of its own, started by `startSweeper()` with its job as the argument. It waits
// for "start", sweeps until "stop", and ends when whoever started it is gone.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { createSweeper, type Sweeper } from "@keywhen/core";
import { LEASE, openStore, SCHEDULE, TARGET } from "./store-place.js";
import type { SweeperJob, SweeperSays } from "./sweeper-job.js";

/** Small, because many sweepers share a server and two cores. */
const CONCURRENCY = 16;

process.on("disconnect", () => process.exit(0));
const { place, name, root, whenHeld, pauseMs }: SweeperJob = JSON.parse(process.argv[2] ?? "");
const { store, close } = openStore(place, name);
await store.list({ bucket: SCHEDULE, limit: 1 }).catch(() => {}); // warms up; the first sweep tells what is wrong
say({ type: "ready" });
await once(process, "message");
const stopping = new AbortController();
process.on("message", () => stopping.abort());
await sweepOn(stopping.signal);
say({ type: "ended" });
close();
process.removeAllListeners("disconnect");
process.disconnect?.();

function say(message: SweeperSays): void {
  process.send?.(message);
}

async function sweepOn(signal: AbortSignal): Promise<void> {
  let hasDelivered = false;
  const sweeper = createSweeper({
    store,
    bucket: SCHEDULE,
    root,
    allowTargets: [`${TARGET}/*`],
    leaseDuration: LEASE,
    concurrency: CONCURRENCY,
    owner: name,
    observe: ({ type }) => {
      if (type !== "delivered" || hasDelivered) return;
      hasDelivered = true;
      say({ type: "delivered" });
    },
  });
  while (!signal.aborted) {
    const isBusy = await sweepOnce(sweeper, signal);
    if (!isBusy) await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
}

/** Whether there was something to do. A sweep that fails is told, and tried again later: the server may be down. */
async function sweepOnce(sweeper: Sweeper, signal: AbortSignal): Promise<boolean> {
  try {
    const report = await sweeper.sweep({ signal, whenHeld });
    say({ type: "swept", report });
    return report.outcome === "swept" && report.delivered > 0;
  } catch (error) {
    say({ type: "failed", message: String(error) });
    return false;
  }
}
