import { type EventDetails, parseEventId, type Scheduler } from "@keywhen/core";
import { parseWakeUpId } from "@keywhen/core/internal";
import { UsageError } from "@keywhen/host";
import { quoteId } from "../outcome.js";

/** Where events are looked up: the schedule, or the dead letters. */
export interface EventSource<T extends EventDetails = EventDetails>
  extends Pick<Scheduler, "list" | "open"> {
  get(id: string): Promise<T | undefined>;
}

/** How a text of the command line names an event. */
export type ResolvedId =
  | { readonly outcome: "whole"; readonly id: string }
  /** The text is the beginning of this id and of no other. */
  | { readonly outcome: "beginning"; readonly id: string }
  /** The text without the prefix of a whole key. */
  | { readonly outcome: "not-found"; readonly text: string };

const SHAPE = "0000-00-00T00:00:00.000Z|";
const SHOWN = 3;
const KEY_PREFIX = /^[^|]*\/(?:pending(?:\.[0-9a-f]{2})?|dead)\/(?=\d{4}-)/;

/**
 * Finds the event that a whole id, or the unique beginning of one, names. Throws a `UsageError` for the beginning of several
 * ids.
 */
export async function resolveId(source: EventSource, given: string): Promise<ResolvedId> {
  const text = withoutPrefix(given);
  // A whole id can also be the beginning of another one, so look for the whole id first.
  if (parseEventId(text) !== undefined && (await source.get(text)) !== undefined) {
    return { outcome: "whole", id: text };
  }
  refuseUnrecognized(text);
  const [id, ...others] = await idsBeginningWith(source, text);
  if (id === undefined) return { outcome: "not-found", text };
  if (others.length > 0) throw ambiguous(text, [id, ...others]);
  return { outcome: "beginning", id };
}

/** For a change without a terminal: an unquoted id is cut at its first `|`, so the command does not guess. */
export function wholeId(given: string): string {
  const text = withoutPrefix(given);
  if (parseEventId(text) !== undefined) return text;
  refuseUnrecognized(text);
  throw new UsageError(
    `"${text}" is only the beginning of an id, and without a terminal keywhen can't ask which one you mean.`,
    "Give the whole id in single quotes (otherwise the shell cuts it at its first |). -y doesn't replace it: it only skips the question on a terminal.",
  );
}

/** Whether a text is the beginning of an instant as ids start with, or starts with a whole one. */
export function isIdBeginning(text: string): boolean {
  const shape = text.slice(0, SHAPE.length).replace(/\d/g, "0");
  return shape !== "" && SHAPE.startsWith(shape);
}

/** Returns the target of an event, or of a schedule's wake-up, by its id: `reminders/42.json`. */
export function targetOf(id: string): string {
  const { to } = parseEventId(id) ?? parseWakeUpId(id) ?? {};
  return to === undefined ? quoteId(id) : `${to.bucket}/${to.key}`;
}

const INSTANT = "2000-01-01T00:00:00.000Z";

/** Describes the first difference between a text and an id that keywhen writes. */
export function explainUnrecognized(id: string): string {
  const [when = "", bucket = "", key = "", delivery = "", ...rest] = id.split("|");
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(when)) {
    return `it doesn't begin with an instant such as ${INSTANT}`;
  }
  if (!isId(`${when}|b|k`)) return `${when} is not a real time`;
  if (bucket === "") return "it has no bucket";
  if (key === "") return "it has no key";
  if (rest.length > 0) return "it has more than four parts between |";
  const part = !isId(`${INSTANT}|${bucket}|k`)
    ? `bucket "${bucket}"`
    : isId(`${INSTANT}|b|${key}`)
      ? `delivery id "${delivery}"`
      : `key "${key}"`;
  return `the ${part} isn't escaped as keywhen does`;
}

function isId(text: string): boolean {
  return parseEventId(text) !== undefined;
}

/** Returns the id in a whole key, as listings of the bucket show it. */
function withoutPrefix(text: string): string {
  return text.replace(KEY_PREFIX, "");
}

async function idsBeginningWith(source: EventSource, text: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of source.list({ after: text })) {
    if (!id.startsWith(text)) break;
    ids.push(id);
    if (ids.length > SHOWN) break;
  }
  return ids;
}

/** Throws a `UsageError` for a text that is neither an event's id nor the beginning of one. */
function refuseUnrecognized(text: string): void {
  const isBeginning = isIdBeginning(text);
  if (isBeginning && (text.length < SHAPE.length || canBecomeId(text))) return;
  const reason = isBeginning ? `: ${explainUnrecognized(text)}` : "";
  throw new UsageError(
    `"${text}" is not an event's id, nor the beginning of one${reason}.`,
    "Write one like '2026-12-24T08:00:00.000Z|bucket|key|delivery-id' (in single quotes); keywhen list --ids prints them.",
  );
}

/** What can be missing at the end of an id that is cut off after its instant. */
const ENDS = ["", "x", "|x", "x|x", "|x|x"];

/** Whether some end makes an id of the text, which may be cut off within an escape or a suffix. */
function canBecomeId(text: string): boolean {
  const whole = text.replace(/(?:%[0-9A-F]{0,2})+$|~[0-9a-f]{0,7}$/, "");
  return ENDS.some((end) => isId(whole + end));
}

function ambiguous(text: string, ids: readonly string[]): UsageError {
  const shown = ids.slice(0, SHOWN).map(quoteId).join(", ");
  const more = ids.length > SHOWN ? ", …" : ".";
  return new UsageError(
    `More than one id begins with "${text}".`,
    `Give one of these: ${shown}${more}`,
  );
}
