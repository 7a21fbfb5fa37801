import type { Obstacle } from "../api/events.js";

/** Why events wait that are due, by id: the last ones. */
export interface Obstacles {
  put(id: string, obstacle: Obstacle): void;
  get(id: string): Obstacle | undefined;
  forget(id: string): void;
}

export function createObstacles(kept: number): Obstacles {
  const byId = new Map<string, Obstacle>();
  return {
    put(id, obstacle) {
      byId.delete(id);
      byId.set(id, obstacle);
      const [oldest] = byId.keys();
      if (byId.size > kept && oldest !== undefined) byId.delete(oldest);
    },
    get: (id) => byId.get(id),
    forget: (id) => void byId.delete(id),
  };
}
