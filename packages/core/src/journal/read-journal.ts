import { checkValue } from "../input/check-value.js";
import { checkOptionNames } from "../input/option-names.js";
import { codecV1 } from "../key/codec-v1.js";
import { idOfGiven, parseGivenId } from "../key/event-id.js";
import { parseWakeUpId } from "../key/wake-up-id.js";
import { checkSignal } from "../options/check-options.js";
import {
  type CallContext,
  LOCATION_OPTIONS,
  resolveSchedule,
  type Schedule,
  type ScheduleLocation,
} from "../options/schedule.js";
import { guardedStore } from "../requests/guarded-store.js";
import { listPages } from "../requests/list-and-delete.js";
import { readText } from "../requests/read-text.js";
import { retry } from "../requests/retry.js";
import { FIRST_INSTANT_MS } from "../time/instant.js";
import { type Moment, momentMs } from "../time/moment.js";
import type { JournalEntry } from "./journal-entry.js";
import { journalKeyMs, journalPrefix, journalTime, PART_MS } from "./journal-key.js";
import { parseLine } from "./journal-line.js";

export interface ReadJournalOptions {
  /** @default the beginning; with `id`, its due instant */
  readonly since?: Moment | undefined;
  /** Only what was seen before this instant. @default now */
  readonly until?: Moment | undefined;
  /** Only entries of this event. Throws `invalid-id`. */
  readonly id?: string | undefined;
  /** Called for an object or a line that is not the journal's, or damaged. It is left out. */
  readonly onSkipped?: ((skipped: SkippedPart) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What `readJournal` left out. */
export interface SkippedPart {
  readonly key: string;
  /** Counted from 1; `undefined`: the whole object. */
  readonly line: number | undefined;
  readonly why: string;
}

/** A stored part, with its entries in the order of its lines. */
interface Part {
  readonly key: string;
  readonly firstMs: number;
  readonly entries: Promise<readonly JournalEntry[]>;
}

interface Reading {
  readonly context: CallContext;
  readonly sinceMs: number | undefined;
  readonly untilMs: number;
  readonly id: string | undefined;
  readonly skip: (skipped: SkippedPart) => void;
}

const KNOWN_OPTIONS = ["since", "until", "id", "onSkipped", "signal"] as const;
/** Parts that are fetched at the same time. */
const MOST_FETCHED = 8;
/** Ten times what a sweeper writes: an object that is larger is not the journal's. */
const LARGEST_PART_BYTES = 10_000_000;
/** How far the clock of a sweeper may be behind that of the writer. */
const CLOCKS_MS = 60_000;

/**
 * Reads what sweepers with `journal: true` have seen, in order of time: one LIST for 1,000 objects, and one GET for each. Keeps the
 * objects of one minute in memory. What became of an event in the last minute may be missing, because its sweeper has not written it
 * yet. Throws what the store throws.
 */
export function readJournal(
  location: ScheduleLocation,
  options: ReadJournalOptions = {},
): AsyncIterable<JournalEntry> {
  checkOptionNames(location, LOCATION_OPTIONS, "readJournal()");
  checkOptionNames(options, KNOWN_OPTIONS, "readJournal()");
  const { since, until, id, onSkipped: skip = () => {} } = options;
  checkValue(typeof skip === "function", skip, "onSkipped must be a function");
  const schedule = resolveSchedule(location);
  const event = id === undefined ? undefined : eventOf(schedule, id);
  const untilMs = until === undefined ? schedule.clock.now() : momentMs(until);
  const sinceMs = since === undefined ? event && event.atMs - CLOCKS_MS : momentMs(since);
  const store = guardedStore(schedule.store, schedule.clock);
  const context = { ...schedule, store, signal: checkSignal(options.signal) };
  return inOrder({ context, sinceMs, untilMs, id: event?.id, skip });
}

/** Wake-ups are events, too. */
function eventOf(
  schedule: Schedule,
  given: string,
): { readonly id: string; readonly atMs: number } {
  const prefix = schedule.codec.pendingPrefix(schedule.root);
  const id = idOfGiven(schedule, prefix, given);
  const isText = typeof id === "string" && schedule.codec === codecV1;
  const wakeUp = isText ? parseWakeUpId(id) : undefined;
  return wakeUp === undefined ? parseGivenId(schedule, prefix, id) : { id, atMs: wakeUp.atMs };
}

/** Parts of several sweepers overlap: an entry is yielded when no later part can have an earlier one. */
async function* inOrder(reading: Reading): AsyncGenerator<JournalEntry, void> {
  let held: JournalEntry[] = [];
  for await (const { firstMs, entries } of fetchedAhead(reading)) {
    const before = held.filter(({ at }) => at.getTime() < firstMs);
    held = held.filter(({ at }) => at.getTime() >= firstMs);
    yield* before;
    held.push(...(await entries));
    held.sort((one, other) => one.at.getTime() - other.at.getTime());
  }
  yield* held;
}

async function* fetchedAhead(reading: Reading): AsyncGenerator<Part, void> {
  const fetched: Part[] = [];
  for await (const { key, firstMs } of keysOf(reading)) {
    const entries = fetchEntries(reading, key, firstMs);
    entries.catch(() => {}); // thrown where it is awaited, if it still is
    fetched.push({ key, firstMs, entries });
    if (fetched.length === MOST_FETCHED) yield* fetched.splice(0, 1);
  }
  yield* fetched;
}

async function* keysOf({ context, sinceMs, untilMs, skip }: Reading) {
  const { store, bucket, root } = context;
  const prefix = journalPrefix(root);
  const fromMs = sinceMs && Math.max(FIRST_INSTANT_MS, sinceMs - PART_MS);
  const range = {
    bucket,
    prefix,
    startAfter: fromMs === undefined ? prefix : prefix + journalTime(fromMs),
    end: prefix + journalTime(untilMs),
  };
  for await (const page of listPages(store, range, context)) {
    for (const { key, size } of page) {
      const firstMs = journalKeyMs(key.slice(prefix.length));
      if (firstMs === undefined) skip({ key, line: undefined, why: "is not a key of the journal" });
      else if (size > LARGEST_PART_BYTES) skip({ key, line: undefined, why: "is too large" });
      else yield { key, firstMs };
    }
  }
}

async function fetchEntries(
  reading: Reading,
  key: string,
  firstMs: number,
): Promise<readonly JournalEntry[]> {
  const { context, skip } = reading;
  const { store, clock, bucket, signal } = context;
  const ref = { bucket, key };
  const text = await retry(context, async () => {
    const opened = await store.get(ref, { signal });
    return opened && readText(clock, ref, opened, { mostBytes: LARGEST_PART_BYTES, signal });
  });
  const entries: JournalEntry[] = [];
  for (const [index, line] of (text ?? "").split("\n").entries()) {
    if (line === "") continue;
    const entry = parseLine(line);
    const why = typeof entry === "string" ? entry : outOfTime(entry, firstMs);
    if (why !== undefined) skip({ key, line: index + 1, why });
    else if (typeof entry !== "string" && isWanted(entry, reading)) entries.push(entry);
  }
  return entries;
}

/** Only then the entries of a later part are not earlier. */
function outOfTime({ at }: JournalEntry, firstMs: number): string | undefined {
  const afterMs = at.getTime() - firstMs;
  return afterMs >= 0 && afterMs < PART_MS ? undefined : "is not of the minute of its object";
}

function isWanted({ at, id }: JournalEntry, wanted: Reading): boolean {
  const atMs = at.getTime();
  const isSince = wanted.sinceMs === undefined || atMs >= wanted.sinceMs;
  return isSince && atMs < wanted.untilMs && (wanted.id === undefined || id === wanted.id);
}
