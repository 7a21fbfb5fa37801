import { prngOf } from "../prng.js";
import type { StoreRequest } from "../store/store-request.js";
import type { World } from "../world.js";

/**
 * Users' functions, which their bucket's notifications start: each looks at what arrived and, as the plan says,
 * takes it away, which makes a second delivery possible.
 */
export function startConsumer(world: World): { delivered(request: StoreRequest): void } {
  const { plan, time, objects, journal } = world;
  const prng = prngOf(plan.seed, "consumers");
  return {
    delivered({ bucket, keys }) {
      const ref = { bucket, key: keys[0] ?? "" };
      const removes = prng.chance(plan.consumers.removes);
      const afterMs = prng.between(5, plan.consumers.withinMs);
      if (!removes) return;
      time.at(time.now() + afterMs, () => {
        journal?.note(ref.key, `consumer removes ${bucket}/${ref.key}`);
        if (objects.delete(ref) !== undefined) world.consumed(ref);
      });
    },
  };
}
