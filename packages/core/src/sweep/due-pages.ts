import { type DueEvent, readDueEvents } from "../event-table/due-event.js";
import { listPage, listPages } from "../requests/list-and-delete.js";
import { retry } from "../requests/retry.js";
import { readingOf } from "../requests/store-clock.js";
import type { ListedObject, RequestOptions } from "../store/object-store.js";
import { rethrowUnlessStoreError } from "../store/object-store-error.js";
import { FIRST_INSTANT_MS } from "../time/instant.js";
import type { SweepRun } from "./sweep-run.js";

export type DuePage = readonly DueEvent[];
export type DuePages = AsyncGenerator<DuePage, void>;

/** Lists the events that are due by the end of the range, page by page; pages without any are left out. */
export async function* duePages(run: SweepRun): DuePages {
  const { schedule, store, untilMs, shutdown, listing } = run;
  const { codec, bucket } = schedule;
  const { prefix } = run.options.partition;
  const range = {
    bucket,
    prefix,
    startAfter: prefix + codec.before(firstMs(run)),
    end: prefix + codec.after(untilMs),
  };
  const policy = { ...schedule, signal: shutdown.startSignal };
  for await (const objects of listPages(store, range, policy, () => timed(run))) {
    listing.pagesRead += 1;
    run.options.onListed?.();
    if (run.isFirstListing) run.report({ type: "listed", keys: objects.length });
    const due = dueOn(run, objects, run.isFirstListing);
    if (due.length > 0) yield due;
  }
}

/** The first due instant of the range. */
function firstMs({ listing }: SweepRun): number {
  return Math.max(FIRST_INSTANT_MS, listing.fromMs);
}

/** `isFirst`: these objects have not been listed before. */
function dueOn(run: SweepRun, objects: readonly ListedObject[], isFirst: boolean): DuePage {
  const { schedule, listing, options, untilMs } = run;
  const passedMs = Math.max(0, run.clock.now() - listing.startedMs);
  const listedMs = (listing.listedAtStoreMs ?? listing.startedMs) + passedMs;
  const { prefix } = options.partition;
  const { events, unrecognized } = readDueEvents(schedule.codec, prefix, objects, listedMs);
  // Later listings meet nearly the same objects.
  if (isFirst) for (const key of unrecognized) run.report({ type: "unrecognized", key });
  const fromMs = firstMs(run);
  const due: DueEvent[] = [];
  for (const event of events) {
    if (event.atMs < fromMs || event.atMs > untilMs) continue; // key order may differ from time order
    const isLeft = event.wakeUp !== undefined && options.wakeUps === undefined;
    if (!isLeft) due.push(event);
    else if (isFirst) run.report({ type: "wake-up-left", id: event.id });
  }
  return due;
}

/** The options of a LIST: the first page's answer also has the store's time. */
function timed({ store, schedule, listing }: SweepRun): RequestOptions {
  if (store.capabilities.clock === "shared") listing.listedAtStoreMs ??= listing.startedMs;
  if (store.capabilities.clock !== "store" || listing.pagesRead > 0) return {};
  return readingOf(schedule.clock, ({ sentAtStoreMs }) => {
    listing.listedAtStoreMs = sentAtStoreMs;
  });
}

/** If the page can't be read, the pages before are delivered. Throws if it is the first page of the first listing. */
export async function nextPage(run: SweepRun, pages: DuePages): Promise<DuePage | undefined> {
  try {
    const page = await pages.next();
    return page.done ? undefined : page.value;
  } catch (caught) {
    listFailed(run, caught);
    return undefined;
  }
}

/** A page that has been listed before is listed again. */
interface PageAgain {
  readonly due: DuePage;
  /** `undefined`: it is the last one of the range. */
  readonly lastKey: string | undefined;
}

/** Lists one page again, from after a key. If it can't be read, the next listing meets what is on it. */
export async function pageAgain(run: SweepRun, startAfter: string): Promise<PageAgain | undefined> {
  const { schedule, store, untilMs, shutdown } = run;
  const { prefix } = run.options.partition;
  const { startSignal: signal } = shutdown;
  const range = { bucket: schedule.bucket, prefix, startAfter };
  try {
    const { objects, more } = await retry({ ...schedule, signal }, () =>
      listPage(store, range, { signal }),
    );
    const lastKey = objects.at(-1)?.key;
    const isLast =
      !more || lastKey === undefined || lastKey >= prefix + schedule.codec.after(untilMs);
    return { due: dueOn(run, objects, false), lastKey: isLast ? undefined : lastKey };
  } catch (caught) {
    listFailed(run, caught);
    return undefined;
  }
}

function listFailed(run: SweepRun, caught: unknown): void {
  const { listing, shutdown, options } = run;
  listing.hasFailed = true;
  if (shutdown.reason) return; // the listing was aborted with everything else
  if (run.isFirstListing && listing.pagesRead === 0) throw caught;
  if (options.ahead === undefined)
    shutdown.admitNoMore("list-failed"); // the next sweep delivers the rest
  else rethrowUnlessStoreError(caught); // the next listing would meet the same mistake
  run.report({ type: "list-failed", error: caught });
}
