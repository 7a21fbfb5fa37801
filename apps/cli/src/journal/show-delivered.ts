import { parseEventId } from "@keywhen/core";
import { parseWakeUpId } from "@keywhen/core/internal";
import { type JournalEntry, readJournal } from "@keywhen/core/journal";
import { isStoreError } from "@keywhen/core/store";
import { EXIT, type ExitCode } from "../exit-codes.js";
import { toJson } from "../output/output.js";
import type { CommandSchedule, Session } from "../session.js";
import { describeEntry } from "./describe-entry.js";

/** A later sweep tries again only after `failed`. */
const isLast = ({ outcome }: JournalEntry) => outcome !== "failed";

/**
 * Prints what the journal has of an event that does not wait any more, which takes its whole id. Returns `undefined` if there is
 * nothing, or the journal may not be read.
 */
export async function showDelivered(
  { output }: Session,
  location: CommandSchedule,
  id: string,
): Promise<ExitCode | undefined> {
  if (parseEventId(id) === undefined && parseWakeUpId(id) === undefined) return undefined;
  const entries = await entriesOf(location, id, output.readerGone);
  if (entries.length === 0) return undefined;
  const line = output.isJson ? toJson : describeEntry;
  if (output.isQuiet && !output.isJson) await output.line(id);
  else for (const entry of entries) await output.line(line(entry));
  return EXIT.done;
}

/** Its entries up to the last one; none for a role without the journal. */
async function entriesOf(
  { store, bucket, root }: CommandSchedule,
  id: string,
  signal: AbortSignal,
): Promise<readonly JournalEntry[]> {
  const entries: JournalEntry[] = [];
  try {
    for await (const entry of readJournal({ store, bucket, root }, { id, signal })) {
      entries.push(entry);
      if (isLast(entry)) break;
    }
    return entries;
  } catch (error) {
    if (isStoreError(error) && error.code === "denied") return [];
    throw error;
  }
}
