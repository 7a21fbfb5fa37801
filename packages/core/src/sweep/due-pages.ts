import { readingOf } from "../requests/clock-reading.js";
import { listPages } from "../requests/list-pages.js";
import type { StoreCall } from "../store/object-store.js";
import { FIRST_INSTANT_MS } from "../time/instant.js";
import { type DueEvent, readDueEvent } from "./due-event.js";
import type { SweepRun } from "./sweep-run.js";

export type DuePage = readonly DueEvent[];

/** What is due by the end of the range, page by page; a page without such events is passed over. */
export async function* duePages(run: SweepRun): AsyncGenerator<DuePage, void> {
  const { home, store, untilMs, windDown, tally, pass } = run;
  const { codec, bucket, pendingPrefix: prefix } = home;
  const fromMs = Math.max(FIRST_INSTANT_MS, pass.fromMs);
  const range = {
    bucket,
    prefix,
    startAfter: prefix + codec.before(fromMs),
    end: prefix + codec.after(untilMs),
  };
  const policy = { ...home, signal: windDown.startSignal };
  for await (const objects of listPages(store, range, policy, () => timed(run))) {
    pass.pagesRead += 1;
    run.options.onListed?.();
    const listedMs =
      (pass.listedAtStoreMs ?? pass.startedMs) + Math.max(0, run.now() - pass.startedMs);
    const due: DueEvent[] = [];
    for (const object of objects) {
      tally.listed();
      const event = readDueEvent(codec, prefix, object, listedMs);
      if (event === undefined) tally.foreign(object.key);
      else if (isIn(event, fromMs, untilMs)) due.push(event);
    }
    if (due.length > 0) yield due;
  }
}

/** An order may not be quite that of time. */
function isIn({ atMs }: DueEvent, fromMs: number, untilMs: number): boolean {
  return atMs >= fromMs && atMs <= untilMs;
}

/** What a LIST is given to learn the store's time of the first page. */
function timed({ store, home, pass }: SweepRun): StoreCall {
  if (store.capabilities.clock === "shared") pass.listedAtStoreMs ??= pass.startedMs;
  if (store.capabilities.clock !== "store" || pass.pagesRead > 0) return {};
  return readingOf(home.clock, ({ sentAtStoreMs }) => {
    pass.listedAtStoreMs = sentAtStoreMs;
  });
}
