import type { Delivery } from "./api/index.js";

/** The last deliveries, by id. */
export interface Deliveries {
  /** False if it is known already. */
  add(delivery: Delivery): boolean;
  get(id: string): Delivery | undefined;
  /** The youngest first. */
  all(): readonly Delivery[];
  /** All since the start, those that are forgotten as well. */
  readonly total: number;
}

export function createDeliveries(kept: number): Deliveries {
  const byId = new Map<string, Delivery>();
  let total = 0;
  return {
    add(delivery) {
      const known = byId.get(delivery.id);
      // What this server delivered itself it knows best.
      if (known !== undefined && (known.by === "here" || delivery.by === "elsewhere")) return false;
      if (known === undefined) total += 1;
      byId.delete(delivery.id);
      byId.set(delivery.id, delivery);
      for (const id of byId.keys()) {
        if (byId.size <= kept) break;
        byId.delete(id);
      }
      return true;
    },
    get: (id) => byId.get(id),
    all: () => [...byId.values()].reverse(),
    get total() {
      return total;
    },
  };
}
