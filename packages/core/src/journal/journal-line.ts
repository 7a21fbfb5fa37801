import { asEventId } from "../key/codec-v1.js";
import { parseWholeInstant } from "../time/instant.js";
import { isJsonObject, parseJson } from "../values.js";
import type { JournalEntry } from "./journal-entry.js";

const VERSION = 1;

/** Writes an entry as one line of JSON (see PROTOCOL.md). */
export function formatLine(entry: JournalEntry): string {
  return `${JSON.stringify({ v: VERSION, ...entry })}\n`;
}

/** Reads a line: the entry, or what is wrong with it as the predicate of a sentence. */
export function parseLine(line: string): JournalEntry | string {
  const json = parseJson(line);
  if (!isJsonObject(json)) return "is not a JSON object";
  if (json["v"] !== VERSION) return "is of another version";
  const entry: Record<string, unknown> = {};
  for (const [name, read] of FIELDS) {
    const value = json[name];
    if (value === undefined && !REQUIRED.has(name)) continue;
    const field = read(value);
    if (field !== undefined) entry[name] = field;
    else if (!OPEN.has(name)) return `has no valid ${name}`;
  }
  return entry as unknown as JournalEntry;
}

type ReadField = (value: unknown) => unknown;

const text: ReadField = (value) => (typeof value === "string" ? value : undefined);
const number: ReadField = (value) => (typeof value === "number" ? value : undefined);
const oneOf =
  (...known: readonly string[]): ReadField =>
  (value) =>
    known.find((one) => one === value);
const instant: ReadField = (value) => {
  const atMs = parseWholeInstant(value);
  return atMs === undefined ? undefined : new Date(atMs);
};
/** An object with these texts. */
const texts =
  (...names: readonly string[]): ReadField =>
  (value) => {
    if (!isJsonObject(value)) return undefined;
    const entries = names.map((name) => [name, value[name]] as const);
    return entries.every(([, one]) => typeof one === "string")
      ? Object.fromEntries(entries)
      : undefined;
  };
const errorText = texts("code", "message");
const error: ReadField = (value) => {
  const read = errorText(value);
  if (!isJsonObject(read) || !isJsonObject(value)) return undefined;
  return value["undecided"] === true ? { ...read, undecided: true } : read;
};

const REQUIRED: ReadonlySet<string> = new Set<keyof JournalEntry>([
  "at",
  "outcome",
  "id",
  "dueAt",
  "target",
]);

/** Later versions may have other values, which are left out. */
const OPEN: ReadonlySet<string> = new Set<keyof JournalEntry>(["by", "reason"]);

const READ: { readonly [Name in keyof Required<JournalEntry>]: ReadField } = {
  at: instant,
  outcome: oneOf("delivered", "already-delivered", "failed", "dead", "expired", "passed-over"),
  id: (value) => (typeof value === "string" ? asEventId(value) : undefined),
  deliveryId: text,
  dueAt: instant,
  target: texts("bucket", "key"),
  by: oneOf("copy", "move", "destination"),
  startedAt: instant,
  latenessMs: number,
  size: number,
  reason: oneOf("max-age", "rejected", "target-not-allowed", "target-invalid"),
  error,
  message: text,
  expiredAt: instant,
  nextTryAt: instant,
  sweeper: text,
  recurring: texts("name", "occurrence"),
};
const FIELDS = Object.entries(READ);
