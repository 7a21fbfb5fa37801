import type { Clock, Requests } from "@keywhen/core";
import type { LiveEvent } from "../api/index.js";
import type { Journal } from "./journal.js";

export interface CountedParts {
  readonly clock: Clock;
  readonly journal: Journal;
  /** Counts on. */
  readonly requests: Requests;
}

const EVERY_MS = 1_000;

/** Tells of counts once a second, if they have changed. */
export async function tellCounts(
  { clock, journal, requests }: CountedParts,
  signal: AbortSignal,
): Promise<void> {
  const measures: readonly (() => LiveEvent)[] = [
    () => ({ type: "counts", counts: journal.counts() }),
    () => ({ type: "requests", requests: { ...requests } }),
  ];
  const told = measures.map((measure) => JSON.stringify(measure()));
  while (!signal.aborted) {
    await clock.sleep(EVERY_MS, { signal });
    for (const [index, measure] of measures.entries()) {
      const event = measure();
      const text = JSON.stringify(event);
      if (text !== told[index]) journal.tell(event);
      told[index] = text;
    }
  }
}
