import {
  FIRST_INSTANT_MS,
  journalKeyMs,
  journalPrefix,
  journalTime,
  listPages,
  systemClock,
  systemRandom,
} from "@keywhen/core/internal";
import type { CommandSchedule } from "../session.js";

/** One GET each: 33 hours of a sweeper that delivers in every minute. */
const MOST_OBJECTS = 2_000;
/** Entries of an event can be that much before its due instant: clocks differ, and an object has the entries of a minute. */
const BEFORE_MS = 120_000;

/** Returns until when the journal can be read with 2,000 objects from a due instant on; `undefined`: there are no more. */
export async function readingEnd(
  { store, bucket, root = "keywhen" }: Pick<CommandSchedule, "store" | "bucket" | "root">,
  dueMs: number,
  signal: AbortSignal,
): Promise<Date | undefined> {
  const prefix = journalPrefix(root);
  const startAfter = prefix + journalTime(Math.max(FIRST_INSTANT_MS, dueMs - BEFORE_MS));
  const policy = { clock: systemClock, random: systemRandom, signal };
  let count = 0;
  for await (const page of listPages(store, { bucket, prefix, startAfter }, policy)) {
    for (const { key } of page) {
      const atMs = journalKeyMs(key.slice(prefix.length));
      if (atMs === undefined) continue;
      if (count === MOST_OBJECTS) return new Date(atMs);
      count += 1;
    }
  }
  return undefined;
}
