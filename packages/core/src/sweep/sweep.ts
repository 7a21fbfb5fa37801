import { listPages } from "../requests/list-pages.js";
import { readAhead } from "../requests/read-ahead.js";
import type { ListedObject } from "../store/object-store.js";
import { FIRST_INSTANT_MS } from "../time/instant.js";
import { readDueEvent } from "./due-event.js";
import type { SweepReport } from "./sweep-report.js";
import { type SweepOptions, type SweepRun, startRun } from "./sweep-run.js";

/**
 * One pass: lists what is due, copies each event to its target and deletes it once the copy is confirmed.
 * Throws only if not even the first page could be listed; else it resolves with the report.
 */
export async function sweep(options: SweepOptions): Promise<SweepReport> {
  const { clock } = options.home;
  const startedMs = clock.monotonic();
  const run = startRun(options);
  try {
    await takeInDueEvents(run);
    await run.dispatcher.settled();
    await run.deletes.drain();
  } finally {
    run.windDown.close();
  }
  return run.tally.report({
    truncated: run.windDown.reason,
    unordered: run.lines.isUnordered,
    requests: run.requests,
    durationMs: Math.round(clock.monotonic() - startedMs),
    dryRun: options.dryRun,
  });
}

async function takeInDueEvents(run: SweepRun): Promise<void> {
  const { windDown, tally } = run;
  let pages = 0;
  try {
    for await (const objects of readAhead(listDue(run))) {
      pages += 1;
      for (const object of objects) await takeIn(run, object);
      if (windDown.reason) return;
    }
  } catch (error) {
    if (windDown.reason) return; // the listing was aborted with everything else
    if (pages === 0) throw error;
    tally.listFailed(error);
    windDown.stop("list-failed");
  }
}

function listDue({ home, store, untilMs, windDown }: SweepRun) {
  const { codec, bucket, pendingPrefix: prefix } = home;
  const range = {
    bucket,
    prefix,
    startAfter: prefix + codec.before(FIRST_INSTANT_MS),
    end: prefix + codec.after(untilMs),
  };
  return listPages(store, range, { ...home, signal: windDown.startSignal });
}

async function takeIn(run: SweepRun, object: ListedObject): Promise<void> {
  const { home, tally, untilMs, options } = run;
  tally.listed();
  const event = readDueEvent(home.codec, home.pendingPrefix, object);
  if (event === undefined) return tally.foreign(object.key);
  if (event.atMs > untilMs) return; // a codec whose order is not quite time order
  tally.due();
  if (!options.isAllowed(event.to)) return tally.refused(event);
  if (options.dryRun) return;
  if (run.windDown.reason) return tally.untried(event);
  await run.dispatcher.submit(event);
}
