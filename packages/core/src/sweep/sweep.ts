import { allowedSkewMs } from "../requests/clock-reading.js";
import { noRequests, type Requests } from "../requests/counted-store.js";
import { readAhead } from "../requests/read-ahead.js";
import { buryCondemned } from "./bury-condemned.js";
import { createDeliveryLine, type DeliveryLine } from "./delivery-line.js";
import type { DueEvent } from "./due-event.js";
import { type DuePage, duePages } from "./due-pages.js";
import { releaseRange, takeRange } from "./range.js";
import { createSafeObserver, type SafeObserver } from "./safe-observer.js";
import type { SweepReport } from "./sweep-report.js";
import { type SweepOptions, type SweepRun, startRun } from "./sweep-run.js";
import { waitForHolder } from "./wait-for-holder.js";

/**
 * One pass: lists what is due, takes the lease, copies each event to its target and deletes it once the copy is
 * confirmed. Throws only if not even the first page could be listed, or the lease not be read or written.
 */
export async function sweep(options: SweepOptions): Promise<SweepReport> {
  const observed = createSafeObserver(options.observe);
  const requests = noRequests();
  const { clock } = options.home;
  const startedMs = clock.monotonic();
  for (let hasWaited = false; ; hasWaited = true) {
    const result = await sweepOnce(options, observed, requests, hasWaited);
    const end = { requests, durationMs: Math.round(clock.monotonic() - startedMs) };
    const report: SweepReport = { ...result, ...end };
    if (report.outcome === "swept") return observed.tellReport(report);
    if (!(await waitForHolder(options))) return observed.tellReport(report);
  }
}

async function sweepOnce(
  options: SweepOptions,
  observed: SafeObserver,
  requests: Requests,
  hasWaited: boolean,
) {
  const run = startRun(options, observed, requests);
  const pages = readAhead(duePages(run));
  try {
    const first = await nextPage(run, pages);
    if (first !== undefined) {
      checkClock(run);
      const holder = await takeRange(run, hasWaited);
      if (holder !== undefined) {
        const expiresAt = new Date(holder.expiresMs);
        return { outcome: "held", by: holder.owner, expiresAt } as const;
      }
      await deliverAll(run, first, pages);
    }
  } finally {
    await pages.return();
    run.windDown.close();
  }
  return run.tally.report({
    truncated: run.windDown.reason,
    circuit: run.circuit,
    unordered: run.unordered,
    lease: run.leaseUse,
    skewMs: run.clockReading && Math.round(run.clockReading.aheadMs),
    dryRun: options.dryRun,
  });
}

/** A clock that is ahead would deliver early; by the half of the guard it may be. */
function checkClock({ home, clockReading, windDown }: SweepRun): void {
  if (clockReading === undefined) return;
  if (clockReading.aheadMs > allowedSkewMs(home.guardMs)) windDown.stop("clock-skew");
}

async function deliverAll(
  run: SweepRun,
  first: DuePage,
  pages: AsyncGenerator<DuePage, void>,
): Promise<void> {
  const line = createDeliveryLine(run);
  try {
    await takeInAll(run, line, first, pages);
    await line.dispatcher.settled();
    await buryCondemned(run, line);
    await line.deletes.drain();
  } finally {
    run.unordered = line.lines.isUnordered;
    await releaseRange(run);
  }
}

async function takeInAll(
  run: SweepRun,
  line: DeliveryLine,
  first: DuePage,
  pages: AsyncGenerator<DuePage, void>,
): Promise<void> {
  for (let page: DuePage | undefined = first; page !== undefined; ) {
    for (const event of page) await takeIn(run, line, event);
    run.lastTakenIn = page.at(-1);
    page = run.windDown.reason ? undefined : await nextPage(run, pages);
  }
}

/** The next page with due events; `undefined` after the last, and if the sweep or the listing breaks off. */
async function nextPage(
  run: SweepRun,
  pages: AsyncGenerator<DuePage, void>,
): Promise<DuePage | undefined> {
  const { windDown, tally } = run;
  try {
    const page = await pages.next();
    return page.done ? undefined : page.value;
  } catch (error) {
    if (windDown.reason) return undefined; // the listing was aborted with everything else
    if (run.pagesRead === 0) throw error;
    tally.listFailed(error);
    windDown.stop("list-failed");
    return undefined;
  }
}

async function takeIn(run: SweepRun, line: DeliveryLine, event: DueEvent): Promise<void> {
  const { tally, options, windDown, condemned } = run;
  tally.due();
  if (options.isAllowed(event.to)) {
    if (options.dryRun) return;
    if (windDown.reason) return tally.untried(event);
    return line.dispatcher.submit(event);
  }
  const isTaken =
    !options.dryRun && condemned.add({ event, reason: "target-not-allowed", error: undefined });
  if (!isTaken) tally.refused(event);
}
