import type { Delivery } from "../../src/api/index.js";

/** The last `minutes` minutes up to `thisMinute` (minutes since the epoch), in seconds, and how many arrived in each. */
export function perMinute(
  deliveries: readonly Delivery[],
  thisMinute: number,
  minutes: number,
): [number[], number[]] {
  const first = thisMinute - minutes + 1;
  const counts = Array.from({ length: minutes }, () => 0);
  for (const delivery of deliveries) {
    const index = Math.floor(Date.parse(delivery.deliveredAt) / 60_000) - first;
    if (index >= 0 && index < minutes) counts[index] = (counts[index] ?? 0) + 1;
  }
  return [counts.map((_, index) => (first + index) * 60), counts];
}
