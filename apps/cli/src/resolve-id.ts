import { parseEventId } from "@keywhen/core";
import { UsageError } from "@keywhen/host";
import type { EventSource } from "./event-source.js";
import { explainUnrecognized } from "./explain-unrecognized.js";
import { quoteId } from "./show-id.js";

/** What a text of the command line says about an event's id. */
export type ResolvedId =
  | { readonly outcome: "whole"; readonly id: string }
  /** It is the beginning of this one id and of no other. */
  | { readonly outcome: "beginning"; readonly id: string }
  | { readonly outcome: "not-found" };

const SHAPE = "0000-00-00T00:00:00.000Z|";
const SHOWN = 3;

/**
 * Finds the event that a whole id or the unique beginning of one names; throws a `UsageError` for a
 * beginning of several.
 */
export async function resolveId(source: EventSource, given: string): Promise<ResolvedId> {
  const text = withoutPrefix(given);
  // A whole id can be the beginning of another one, so that it can be written down has to be asked first.
  if (parseEventId(text) !== undefined && (await source.get(text)) !== undefined) {
    return { outcome: "whole", id: text };
  }
  refuseUnrecognized(text);
  const ids = await idsBeginningWith(source, text, SHOWN + 1);
  const [id, second] = ids;
  if (id === undefined) return { outcome: "not-found" };
  if (second !== undefined) throw ambiguous(text, ids);
  return { outcome: "beginning", id };
}

/** For a write without a terminal: a forgotten quote makes a pipe of the rest, so nothing is guessed. */
export function wholeId(given: string): string {
  const text = withoutPrefix(given);
  if (parseEventId(text) !== undefined) return text;
  refuseUnrecognized(text);
  throw new UsageError(
    `"${text}" is only the beginning of an id, and without a terminal you can't be asked which one you mean.`,
    "Give the whole id in single quotes (otherwise the shell cuts it at its first |). -y doesn't replace it: it only skips the question on a terminal.",
  );
}

/** The id in a whole key, as listings of the bucket show it; any other text as it is. */
function withoutPrefix(text: string): string {
  return text.replace(KEY_PREFIX, "");
}

const KEY_PREFIX = /^[^|]*\/(?:pending(?:\.[0-9a-f]{2})?|dead)\/(?=\d{4}-)/;

async function idsBeginningWith(
  source: EventSource,
  text: string,
  limit: number,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of source.list({ after: text })) {
    if (!id.startsWith(text)) break;
    ids.push(id);
    if (ids.length === limit) break;
  }
  return ids;
}

/** As far as it goes, it is an instant as ids begin with. */
export function isIdBeginning(text: string): boolean {
  const shape = text.slice(0, SHAPE.length).replace(/\d/g, "0");
  return shape !== "" && SHAPE.startsWith(shape);
}

/** Throws a `UsageError` for a text that is neither an event's id nor the beginning of one. */
function refuseUnrecognized(text: string): void {
  const isBeginning = isIdBeginning(text);
  if (isBeginning && (text.length < SHAPE.length || canBecomeId(text))) return;
  const reason = isBeginning ? `: ${explainUnrecognized(text)}` : "";
  throw new UsageError(
    `"${text}" is not an event's id, nor the beginning of one${reason}.`,
    "Ids look like '2026-12-24T08:00:00.000Z|bucket|key|delivery-id' (in single quotes); keywhen list --ids shows them.",
  );
}

/** What may be missing at the end of an id that is cut off after its instant. */
const ENDS = ["", "x", "|x", "x|x", "|x|x"];

/** Whether some end makes an id of the text. It may be cut off within an escape or a suffix. */
function canBecomeId(text: string): boolean {
  const whole = text.replace(/(?:%[0-9A-F]{0,2})+$|~[0-9a-f]{0,7}$/, "");
  return ENDS.some((end) => parseEventId(whole + end) !== undefined);
}

function ambiguous(text: string, ids: readonly string[]): UsageError {
  const shown = ids.slice(0, SHOWN).map(quoteId).join(", ");
  const more = ids.length > SHOWN ? ", …" : ".";
  return new UsageError(`More than one id begins with "${text}".`, `They are ${shown}${more}`);
}
