import { parseEventId } from "@keywhen/core";
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
  if (parseEventId(id) === undefined) return undefined;
  const { store, bucket, root } = location;
  const entries: JournalEntry[] = [];
  try {
    const options = { id, signal: output.readerGone };
    for await (const entry of readJournal({ store, bucket, root }, options)) {
      entries.push(entry);
      if (isLast(entry)) break;
    }
  } catch (error) {
    if (isStoreError(error) && error.code === "denied") return undefined; // a role without the journal
    throw error;
  }
  if (entries.length === 0) return undefined;
  const line = output.isJson ? toJson : describeEntry;
  if (output.isQuiet && !output.isJson) await output.line(id);
  else for (const entry of entries) await output.line(line(entry));
  return EXIT.done;
}
