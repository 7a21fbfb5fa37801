/**
 * Reads the journal: what became of events, as sweepers with `journal: true` saw it.
 *
 * @packageDocumentation
 */
export type { JournalEntry, JournalOutcome } from "./journal/journal-entry.js";
export { type ReadJournalOptions, readJournal, type SkippedPart } from "./journal/read-journal.js";
