import { parseEventId } from "@keywhen/core";
import { parseWakeUpId } from "@keywhen/core/internal";
import { type JournalEntry, readJournal } from "@keywhen/core/journal";
import { isStoreError } from "@keywhen/core/store";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { readPast } from "../input/read-past.js";
import { toJson } from "../output/output.js";
import { showInstant } from "../output/show-time.js";
import type { CommandSchedule, Session } from "../session.js";
import { describeEntry } from "./describe-entry.js";
import { readingEnd } from "./reading-end.js";

/** A later sweep tries again only after `failed`. */
const isLast = ({ outcome }: JournalEntry) => outcome !== "failed";

/**
 * Prints what the journal has of an event that does not wait any more, which takes its whole id: up to its last entry, or to `until`.
 * Without it, reads at most 2,000 objects, and says so if there are more. Returns `undefined` if there is nothing, or the journal may
 * not be read.
 */
export async function showDelivered(
  session: Session,
  location: CommandSchedule,
  id: string,
  until: string | undefined,
): Promise<ExitCode | undefined> {
  const dueMs = parseEventId(id)?.at.getTime() ?? parseWakeUpId(id)?.atMs;
  if (dueMs === undefined) return undefined;
  const { output } = session;
  const end = until === undefined ? undefined : new Date(await readPast(until, session.times()));
  const { entries, cutAt } = await entriesOf(location, {
    id,
    dueMs,
    end,
    signal: output.readerGone,
  });
  const line = output.isJson ? toJson : describeEntry;
  if (output.isQuiet && !output.isJson && entries.length > 0) await output.line(id);
  else for (const entry of entries) await output.line(line(entry));
  if (cutAt !== undefined && !output.isJson) {
    output.note(
      `The journal was read until ${showInstant(cutAt)}. To read all of it, add --until now.`,
    );
  }
  return entries.length === 0 ? undefined : EXIT.done;
}

interface Wanted {
  readonly id: string;
  readonly dueMs: number;
  readonly end: Date | undefined;
  readonly signal: AbortSignal;
}

interface Found {
  readonly entries: readonly JournalEntry[];
  /** There may be later ones. */
  readonly cutAt?: Date | undefined;
}

/** Returns the entries up to the last one; none for a role without the journal. */
async function entriesOf(
  { store, bucket, root }: CommandSchedule,
  { id, dueMs, end, signal }: Wanted,
): Promise<Found> {
  const location = { store, bucket, root };
  const entries: JournalEntry[] = [];
  try {
    const cutAt = end === undefined ? await readingEnd(location, dueMs, signal) : undefined;
    for await (const entry of readJournal(location, { id, until: end ?? cutAt, signal })) {
      entries.push(entry);
      if (isLast(entry)) return { entries };
    }
    return { entries, cutAt };
  } catch (error) {
    if (isStoreError(error) && error.code === "denied") return { entries: [] };
    throw error;
  }
}
