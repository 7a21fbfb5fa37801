import type { Clock } from "@keywhen/core";
import type { LiveEvent, RequestCounts, Spending } from "../api/index.js";
import type { Journal } from "./journal.js";

export interface Usage {
  readonly requests: RequestCounts;
  readonly spending?: Spending;
}

export interface CountedParts {
  readonly clock: Clock;
  readonly journal: Journal;
  /** Requests so far, and what they cost. */
  readonly usage: () => Usage;
}

const EVERY_MS = 1_000;

/** Tells of counts once a second, if they have changed. */
export async function tellCounts(
  { clock, journal, usage }: CountedParts,
  signal: AbortSignal,
): Promise<void> {
  const measures: readonly (() => LiveEvent)[] = [
    () => ({ type: "counts", counts: journal.counts() }),
    () => ({ type: "requests", ...usage() }),
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
