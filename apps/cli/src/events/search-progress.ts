import { systemClock } from "@keywhen/core/internal";
import type { Progress } from "../output/progress.js";
import { showCount } from "../output/show-size.js";

const SHOWN_EVERY_MS = 200;

/** Shows how far a search has come, and what was done with the events that it found. */
export function searchProgress(
  progress: Progress,
  done: () => string = () => "",
): (search: { readonly read: number; readonly found: number }) => void {
  let shownMs = systemClock.now();
  return ({ read, found }) => {
    const nowMs = systemClock.now();
    if (nowMs - shownMs < SHOWN_EVERY_MS) return;
    shownMs = nowMs;
    progress.show(`Read ${showCount(read)} events, found ${showCount(found)}${done()}`);
  };
}
