import type { Setup } from "./run-million.js";

/** An assumption: S3 does not document it. */
const QUEUE_MS = 50;

const common = (events: number) => ({ events, queueMs: QUEUE_MS, seed: 1, concurrency: 512 });

export function setupsOf(events: number): readonly Setup[] {
  const all = common(events);
  return [
    { ...all, shards: 1, targets: "own" },
    { ...all, shards: 4, targets: "own" },
    { ...all, shards: 16, targets: "own" },
    { ...all, shards: 64, targets: "own" },
    { ...all, shards: 16, targets: "own", concurrency: 64 },
    { ...all, shards: 16, targets: "mixed" },
    { ...all, shards: 16, targets: "sorted" },
    { ...all, shards: 1, targets: "one" },
    { ...all, shards: 16, targets: "one" },
    { ...all, shards: 64, targets: "one" },
  ];
}
