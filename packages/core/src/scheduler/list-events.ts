import { invalidOption } from "../errors.js";
import { checkValue, isCount } from "../input/check-value.js";
import { checkOptionNames } from "../input/option-names.js";
import { idOfGiven } from "../key/event-id.js";
import { bucketNameProblem } from "../key/key-limits.js";
import type { CallContext, Schedule } from "../options/schedule.js";
import { withinBudget } from "../requests/async-items.js";
import { listPages } from "../requests/list-and-delete.js";
import { FIRST_INSTANT_MS, LAST_INSTANT_MS } from "../time/instant.js";
import { type Moment, momentMs } from "../time/moment.js";
import { listedEvent, type ReadContext, type ScheduledEvent } from "./stored-event.js";

/** A target bucket, and how the target keys begin. @inline */
export interface TargetFilter {
  readonly bucket: string;
  readonly keyPrefix?: string | undefined;
}

/** Which waiting events a listing gives. */
export interface EventFilter {
  /** Due at this instant or later. */
  readonly from?: Moment | undefined;
  /** Due before this instant. */
  readonly until?: Moment | undefined;
  /** The list still reads every event of its time range, and leaves out those for other targets. */
  readonly to?: TargetFilter | undefined;
  /** Goes on after this id, the last one of an earlier listing; it need not exist any more. */
  readonly after?: string | undefined;
  /** At most this many events. */
  readonly limit?: number | undefined;
}

const UNLIMITED = Number.POSITIVE_INFINITY;

type Query = ReturnType<typeof parseFilter>;

/**
 * Lists events in due order, with one page of keys of each prefix in memory, and leaves out unrecognized objects. A whole key
 * that is given for an id begins with `ownPrefix`.
 */
export async function* listEvents(
  context: ReadContext,
  ownPrefix: string,
  filter: EventFilter,
): AsyncGenerator<ScheduledEvent, void> {
  const query = parseFilter(context, ownPrefix, filter);
  const prefixes = await context.partitions.all(context.signal);
  const lists = prefixes.map(({ prefix }) => listUnder(context, prefix, query));
  let given = 0;
  for await (const event of mergeSorted(lists, ({ id }) => id)) {
    yield event;
    given += 1;
    if (given === query.limit) return;
  }
}

async function* listUnder(
  context: CallContext,
  prefix: string,
  query: Query,
): AsyncGenerator<ScheduledEvent, void> {
  const { bucket, codec, store } = context;
  const [, startAfter] = [codec.before(query.fromMs), query.after].sort();
  const range = {
    bucket,
    prefix,
    startAfter: prefix + startAfter,
    end: query.untilMs === UNLIMITED ? undefined : prefix + codec.after(query.untilMs),
  };
  for await (const objects of listPages(store, range, context)) {
    for (const object of objects) {
      const event = listedEvent(codec, prefix, object);
      if (event !== undefined && matches(event, query)) yield event;
    }
  }
}

function matches(event: ScheduledEvent, { fromMs, untilMs, to }: Query): boolean {
  const atMs = event.at.getTime();
  return atMs >= fromMs && atMs < untilMs && (to === undefined || isTargetOf(event, to));
}

export function isTargetOf(
  event: ScheduledEvent,
  { bucket, keyPrefix = "" }: TargetFilter,
): boolean {
  return event.to.bucket === bucket && event.to.key.startsWith(keyPrefix);
}

function parseFilter(schedule: Schedule, ownPrefix: string, filter: EventFilter) {
  checkOptionNames(filter, ["from", "until", "to", "after", "limit"], "A filter");
  const { from, until, to, after, limit = UNLIMITED } = filter;
  if (to !== undefined) checkTargetFilter(to, "A filter's to");
  const isLimit = limit === UNLIMITED || isCount(limit);
  checkValue(isLimit, limit, "limit must be a whole number of at least 1");
  return {
    fromMs: from === undefined ? FIRST_INSTANT_MS : momentMs(from),
    untilMs: until === undefined ? UNLIMITED : momentMs(until),
    to,
    after: after === undefined ? "" : afterId(schedule, ownPrefix, after),
    limit,
  };
}

/** Throws `invalid-option`; `of` begins a sentence, such as "A filter's to". */
export function checkTargetFilter(to: TargetFilter, of: string): void {
  checkValue(typeof to === "object" && to !== null, to, "to must be { bucket, keyPrefix? }");
  const { bucket, keyPrefix = "" } = to;
  checkOptionNames(to, ["bucket", "keyPrefix"], of);
  const problem = bucketNameProblem(bucket);
  if (problem !== undefined) throw invalidOption(`The bucket of "to" ${problem}`);
  checkValue(typeof keyPrefix === "string", keyPrefix, "keyPrefix must be a string");
}

/** It need not exist any more, but text that sorts after every id would hide all events. */
function afterId(schedule: Schedule, ownPrefix: string, after: string): string {
  const id = idOfGiven(schedule, ownPrefix, after);
  const isId = typeof id === "string" && id <= schedule.codec.after(LAST_INSTANT_MS);
  checkValue(isId, after, "after must be an event's id, the last one of an earlier listing");
  return id;
}

/** First items that are requested at the same time: each is a listing. */
const ASKED_AT_ONCE = 16;

/**
 * Merges several sequences, each in rising order of its keys; gives once what is in two of them. Holds one item of each, and
 * asks for the next one only when it is needed.
 */
export async function* mergeSorted<T>(
  sources: readonly AsyncGenerator<T, void>[],
  keyOf: (item: T) => string,
): AsyncGenerator<T, void> {
  const heads: { readonly source: AsyncGenerator<T, void>; item: T }[] = [];
  try {
    const budget = { budget: ASKED_AT_ONCE, weightOf: () => 1 };
    await withinBudget(sources, budget, async (source) => {
      const first = await source.next();
      if (!first.done) heads.push({ source, item: first.value });
    });
    let lastKey: string | undefined;
    while (heads.length > 0) {
      const least = heads.reduce((one, other) =>
        keyOf(other.item) < keyOf(one.item) ? other : one,
      );
      const { item } = least;
      if (keyOf(item) !== lastKey) yield item;
      lastKey = keyOf(item);
      const next = await least.source.next();
      if (next.done) heads.splice(heads.indexOf(least), 1);
      else least.item = next.value;
    }
  } finally {
    for (const source of sources) await source.return();
  }
}
