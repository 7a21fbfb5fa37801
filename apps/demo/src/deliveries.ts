import type { Delivery } from "./api/events.js";

/** The last deliveries, by id. */
export interface Deliveries {
  /** Returns false if the delivery is known already. */
  add(delivery: Delivery): boolean;
  /** Adds deliveries from before the start, the oldest first. Known ones stay as they are. */
  addPast(past: readonly Delivery[]): void;
  get(id: string): Delivery | undefined;
  /** The newest first. */
  all(): readonly Delivery[];
  /** The number of all deliveries since the start, and of the past ones. */
  readonly total: number;
}

export function createDeliveries(kept: number): Deliveries {
  let byId = new Map<string, Delivery>();
  let total = 0;
  const dropOldest = () => {
    for (const id of byId.keys()) {
      if (byId.size <= kept) return;
      byId.delete(id);
    }
  };
  return {
    add(delivery) {
      const known = byId.get(delivery.id);
      // This server's sweeper has the more precise time.
      if (known !== undefined && (known.by === "here" || delivery.by === "elsewhere")) return false;
      if (known === undefined) total += 1;
      byId.delete(delivery.id);
      byId.set(delivery.id, delivery);
      dropOldest();
      return true;
    },
    addPast(past) {
      const unknown = past.filter(({ id }) => !byId.has(id));
      total += unknown.length;
      byId = new Map([...unknown.map((delivery) => [delivery.id, delivery] as const), ...byId]);
      dropOldest();
    },
    get: (id) => byId.get(id),
    all: () => [...byId.values()].reverse(),
    get total() {
      return total;
    },
  };
}
