import type { Clock } from "@keywhen/core/internal";
import type { LiveEvent, Usage } from "../api/state.js";
import type { Recorder } from "./recorder.js";

export interface CountedParts {
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly usage: () => Usage;
}

const EVERY_MS = 1_000;

/** Sends counts once a second, if they have changed. */
export async function sendCounts(
  { clock, recorder, usage }: CountedParts,
  signal: AbortSignal,
): Promise<void> {
  const measures: readonly (() => LiveEvent)[] = [
    () => ({ type: "counts", counts: recorder.counts() }),
    () => ({ type: "requests", ...usage() }),
  ];
  const sent = measures.map((measure) => JSON.stringify(measure()));
  while (!signal.aborted) {
    await clock.sleep(EVERY_MS, { signal });
    for (const [index, measure] of measures.entries()) {
      const event = measure();
      const text = JSON.stringify(event);
      if (text !== sent[index]) recorder.send(event);
      sent[index] = text;
    }
  }
}
