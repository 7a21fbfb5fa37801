import type { RequestKind } from "@keywhen/core/store";
import type { Prng } from "../prng.js";

interface Spread {
  readonly medianMs: number;
  readonly p99Ms: number;
}

/**
 * From a request to its answer on a store that isn't busy, log-normally spread. AWS says "roughly 100 to 200 ms" for
 * small objects (S3 performance design patterns), users measure 60 to 130 ms from a function in the same region;
 * single figures for each kind are assumptions between the two.
 */
const LATENCIES: Readonly<Record<RequestKind, Spread>> = {
  list: { medianMs: 120, p99Ms: 400 },
  head: { medianMs: 30, p99Ms: 150 },
  get: { medianMs: 40, p99Ms: 200 },
  put: { medianMs: 60, p99Ms: 250 },
  copy: { medianMs: 80, p99Ms: 300 },
  move: { medianMs: 80, p99Ms: 300 },
  delete: { medianMs: 150, p99Ms: 500 },
};
/** A 503 comes soon. */
export const SLOW_DOWN_MS = 15;

/** Standard deviations between the median and the 99th percentile. */
const P99 = 2.326;

export function latencyMs(kind: RequestKind, prng: Prng): number {
  const { medianMs, p99Ms } = LATENCIES[kind];
  const sigma = Math.log(p99Ms / medianMs) / P99;
  return medianMs * Math.exp(sigma * normal(prng));
}

function normal(prng: Prng): number {
  return Math.sqrt(-2 * Math.log(1 - prng.next())) * Math.cos(2 * Math.PI * prng.next());
}
