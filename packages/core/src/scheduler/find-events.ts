import { onAbort } from "../callbacks.js";
import { checkValue } from "../input/check-value.js";
import { checkOptionNames } from "../input/option-names.js";
import { type CallOptions, checkSignal } from "../options/check-options.js";
import type { CallContext } from "../options/schedule.js";
import { listPage } from "../requests/list-and-delete.js";
import { retry } from "../requests/retry.js";
import type { EventPrefix } from "../shards/partitions.js";
import type { ListedObject } from "../store/object-store.js";
import { LAST_INSTANT_MS } from "../time/instant.js";
import { type EventQuery, type ParsedQuery, parseQuery } from "./event-query.js";
import { type IdRange, type PageEnd, SearchPlan } from "./search-plan.js";
import { listedEvent, type ScheduledEvent } from "./stored-event.js";

/** How far a search has come. @inline */
interface FindProgress {
  /** Waiting events that were read. */
  readonly read: number;
  /** Those of them that match. */
  readonly found: number;
}

/** @inline */
export interface FindOptions extends CallOptions {
  /** Called after each page of keys. */
  readonly onProgress?: ((progress: FindProgress) => void) | undefined;
}

export const FIND_OPTIONS = ["signal", "onProgress"];

/** What a search works with. It passes on the prefix under which it finds an event. */
export interface FindContext<Prefix extends EventPrefix> extends CallContext {
  readonly partitions: {
    all(signal?: AbortSignal): Promise<readonly Prefix[]>;
    of(deliveryId: string, signal?: AbortSignal): Promise<readonly Prefix[]>;
  };
}

interface FoundEvent<Prefix> {
  readonly event: ScheduledEvent;
  readonly under: Prefix;
}

export function checkFindOptions({ signal, onProgress }: FindOptions): AbortSignal | undefined {
  const isCallback = onProgress === undefined || typeof onProgress === "function";
  checkValue(isCallback, onProgress, "onProgress must be a function");
  return checkSignal(signal);
}

/** Checks what a caller gave, and finds events. */
export async function* findGiven(
  context: FindContext<EventPrefix>,
  query: EventQuery,
  options: FindOptions,
): AsyncGenerator<ScheduledEvent, void> {
  checkOptionNames(options, FIND_OPTIONS, "find()");
  const signal = checkFindOptions(options);
  const found = findEvents({ ...context, signal }, parseQuery(query), options.onProgress);
  for await (const { event } of found) yield event;
}

/**
 * Finds events in no order, by listing every partition where they may be. Up to 16 pages of keys are read at the same time, and no
 * more than these are in memory: a slow caller stops the reading.
 */
export async function* findEvents<Prefix extends EventPrefix>(
  context: FindContext<Prefix>,
  query: ParsedQuery,
  onProgress: FindOptions["onProgress"],
): AsyncGenerator<FoundEvent<Prefix>, void> {
  const { codec } = context;
  const plan = new SearchPlan(await rangesOf(context, query), (atMs) => codec.before(atMs));
  const ended = new AbortController();
  const stopFollowing = onAbort(context.signal, () => ended.abort(context.signal?.reason));
  const reading = new Map<IdRange<Prefix>, Promise<PageRead<Prefix>>>();
  const readWhatIsPlanned = () => {
    for (let range = plan.next(); range !== undefined; range = plan.next()) {
      const read = readPage({ ...context, signal: ended.signal }, range);
      read.catch(() => {}); // thrown where it is awaited, if it still is
      reading.set(range, read);
    }
  };
  const count = { read: 0, found: 0 };
  try {
    for (readWhatIsPlanned(); reading.size > 0; ) {
      const { range, events, end } = await Promise.race(reading.values());
      reading.delete(range);
      plan.read(range, end);
      readWhatIsPlanned();
      const matching = events.filter((event) => query.matches(event));
      count.read += events.length;
      for (const event of matching) {
        count.found += 1;
        yield { event, under: range.under };
        if (count.found === query.limit) return;
      }
      onProgress?.({ ...count });
    }
  } finally {
    stopFollowing();
    ended.abort();
    await Promise.allSettled(reading.values());
  }
}

/** One range for each partition where a matching event may be. */
async function rangesOf<Prefix extends EventPrefix>(
  { codec, partitions, signal }: FindContext<Prefix>,
  { deliveryId, fromMs, untilMs }: ParsedQuery,
): Promise<IdRange<Prefix>[]> {
  const under =
    deliveryId === undefined
      ? await partitions.all(signal)
      : await partitions.of(deliveryId, signal);
  const isBounded = untilMs <= LAST_INSTANT_MS;
  const end = isBounded ? codec.after(untilMs) : undefined;
  const endMs = isBounded ? untilMs : LAST_INSTANT_MS + 1;
  return under.map((prefix) => ({ under: prefix, after: codec.before(fromMs), end, endMs }));
}

interface PageRead<Prefix> {
  readonly range: IdRange<Prefix>;
  readonly events: readonly ScheduledEvent[];
  /** `undefined` if it ends its range. */
  readonly end: PageEnd | undefined;
}

async function readPage<Prefix extends EventPrefix>(
  context: CallContext,
  range: IdRange<Prefix>,
): Promise<PageRead<Prefix>> {
  const { bucket, codec, store, signal } = context;
  const { prefix } = range.under;
  const page = { bucket, prefix, startAfter: prefix + range.after };
  const { objects, more } = await retry(context, () => listPage(store, page, { signal }));
  const endKey = range.end === undefined ? undefined : prefix + range.end;
  const isInside = ({ key }: ListedObject) => endKey === undefined || key < endKey;
  const events = objects
    .filter(isInside)
    .flatMap((object) => listedEvent(codec, prefix, object) ?? []);
  const last = objects.at(-1);
  if (!more || last === undefined || !isInside(last)) return { range, events, end: undefined };
  const lastId = last.key.slice(prefix.length);
  const [firstMs, lastMs] = [events[0], events.at(-1)].map((event) => event?.at.getTime());
  return { range, events, end: { lastId, firstMs, lastMs } };
}
