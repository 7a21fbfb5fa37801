import type { Delivery } from "./api/events.js";

/** The last deliveries, by id. */
export interface Deliveries {
  /** Returns false if the delivery is known already. */
  add(delivery: Delivery): boolean;
  get(id: string): Delivery | undefined;
  /** The newest first. */
  all(): readonly Delivery[];
  /** The number of all deliveries since the start. */
  readonly total: number;
}

export function createDeliveries(kept: number): Deliveries {
  const byId = new Map<string, Delivery>();
  let total = 0;
  return {
    add(delivery) {
      const known = byId.get(delivery.id);
      // This server's sweeper has the more precise time.
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
