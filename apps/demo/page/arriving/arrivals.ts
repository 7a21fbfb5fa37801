import type { Delivery } from "../../src/api/events.js";
import { serverNow } from "../live/page-clock.js";

const FRESH_MS = 2_000;

/** Returns whether an event was delivered just now, so that its row is highlighted. */
export function isFresh(delivery: Delivery): boolean {
  return serverNow() - Date.parse(delivery.deliveredAt) < FRESH_MS;
}

export interface Lateness {
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

/** Returns the lateness of deliveries by this server, if any. The times of other deliveries may be whole seconds. */
export function latenessOf(deliveries: readonly Delivery[]): Lateness | undefined {
  const all = deliveries
    .filter((delivery) => delivery.by === "here")
    .map((delivery) => delivery.latenessMs)
    .sort((one, other) => one - other);
  if (all.length === 0) return undefined;
  const at = (share: number) => all[Math.min(all.length - 1, Math.floor(all.length * share))] ?? 0;
  return { median: at(0.5), p99: at(0.99), max: at(1) };
}

/** Returns the starts of the last minutes in seconds, and the deliveries in each. `thisMinute` counts from the epoch. */
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
