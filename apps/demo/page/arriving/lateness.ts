import type { Delivery } from "../../src/api/index.js";

export interface Lateness {
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

/** Of those that were delivered here: others' times may be whole seconds. `undefined` if there are none. */
export function latenessOf(deliveries: readonly Delivery[]): Lateness | undefined {
  const all = deliveries
    .filter((delivery) => delivery.by === "here")
    .map((delivery) => delivery.latenessMs)
    .sort((one, other) => one - other);
  if (all.length === 0) return undefined;
  const at = (share: number) => all[Math.min(all.length - 1, Math.floor(all.length * share))] ?? 0;
  return { median: at(0.5), p99: at(0.99), max: at(1) };
}
