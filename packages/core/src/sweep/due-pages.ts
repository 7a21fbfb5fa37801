import { listPages } from "../requests/list-pages.js";
import { FIRST_INSTANT_MS } from "../time/instant.js";
import { type DueEvent, readDueEvent } from "./due-event.js";
import type { SweepRun } from "./sweep-run.js";

export type DuePage = readonly DueEvent[];

/** What is due, page by page; a page without due events is passed over. Counts what it sees. */
export async function* duePages(run: SweepRun): AsyncGenerator<DuePage, void> {
  const { home, store, untilMs, windDown, tally } = run;
  const { codec, bucket, pendingPrefix: prefix } = home;
  const range = {
    bucket,
    prefix,
    startAfter: prefix + codec.before(FIRST_INSTANT_MS),
    end: prefix + codec.after(untilMs),
  };
  const policy = { ...home, signal: windDown.startSignal };
  for await (const objects of listPages(store, range, policy)) {
    run.pagesRead += 1;
    if (run.pagesRead === 1) run.listedAtStoreMs = storeTimeOfListing(run);
    const due: DueEvent[] = [];
    for (const object of objects) {
      tally.listed();
      const event = readDueEvent(codec, prefix, object);
      if (event === undefined) tally.foreign(object.key);
      else if (event.atMs <= untilMs) due.push(event); // an order may not be quite that of time
    }
    if (due.length > 0) yield due;
  }
}

function storeTimeOfListing({ store, untilMs, clockReading }: SweepRun): number | undefined {
  const { clock } = store.capabilities;
  return clock === "shared" ? untilMs : clockReading?.sentAtStoreMs;
}
