import { type DueEvent, readDueEvent } from "../event-table/due-event.js";
import { type ClockReading, readingOf } from "../requests/clock-reading.js";
import { listPages } from "../requests/list-and-delete.js";
import type { RequestOptions } from "../store/object-store.js";
import { FIRST_INSTANT_MS } from "../time/instant.js";
import type { SweepRun } from "./sweep-run.js";

export type DuePage = readonly DueEvent[];

/** Lists the events that are due by the end of the range, page by page; pages without any are left out. */
export async function* duePages(run: SweepRun): AsyncGenerator<DuePage, void> {
  const { home, store, untilMs, shutdown, pass } = run;
  const { codec, bucket } = home;
  const { prefix } = run.options.partition;
  const fromMs = Math.max(FIRST_INSTANT_MS, pass.fromMs);
  const range = {
    bucket,
    prefix,
    startAfter: prefix + codec.before(fromMs),
    end: prefix + codec.after(untilMs),
  };
  const policy = { ...home, signal: shutdown.startSignal };
  for await (const objects of listPages(store, range, policy, () => timed(run))) {
    pass.pagesRead += 1;
    run.options.onListed?.();
    if (run.isFirstPass) run.report({ type: "listed", keys: objects.length });
    const listedMs =
      (pass.listedAtStoreMs ?? pass.startedMs) + Math.max(0, run.now() - pass.startedMs);
    const due: DueEvent[] = [];
    for (const object of objects) {
      const event = readDueEvent(codec, prefix, object, listedMs);
      if (event === undefined) reportUnrecognized(run, object.key);
      else if (event.atMs >= fromMs && event.atMs <= untilMs) due.push(event); // key order may differ from time order
    }
    if (due.length > 0) yield due;
  }
}

function reportUnrecognized(run: SweepRun, key: string): void {
  if (run.isFirstPass) run.report({ type: "unrecognized", key }); // later listings meet nearly the same objects
}

/** The options by which a LIST learns the store's time of the first page. */
function timed({ store, home, pass }: SweepRun): RequestOptions {
  if (store.capabilities.clock === "shared") pass.listedAtStoreMs ??= pass.startedMs;
  if (store.capabilities.clock !== "store" || pass.pagesRead > 0) return {};
  return readingOf(home.clock, ({ sentAtStoreMs }: ClockReading) => {
    pass.listedAtStoreMs = sentAtStoreMs;
  });
}
