import { dense, LONGEST_MS, looksAhead, NO_FAULTS } from "./hard-spots.js";
import {
  type DestinationPlan,
  type EventPlan,
  type Plan,
  REFUSED_KEY_PART,
  TARGET_BUCKETS,
} from "./plan.js";
import { type Prng, prngOf } from "./prng.js";

/** The share of worlds with destinations. */
const SHARE = 0.15;
/** Of these, the share of worlds where only the destinations fail: they hang. */
const CALM = 0.2;
/** Of these, the share of worlds where more events are due for a destination than it has room for. */
const FLOODED = 0.2;
const NAMES = ["mailer", "caller"] as const;

/** For some seeds, sweepers hand half of the events to destinations, which fail in all the ways that a store does, and some more. */
export function withDestinations(plan: Plan): Plan {
  const prng = prngOf(plan.seed, "destinations");
  if (!prng.chance(SHARE)) return plan;
  const isCalm = prng.chance(CALM) && plan.chaosMs <= LONGEST_MS;
  const destinations = NAMES.map((name) => ({
    name,
    timeoutSeconds: 8, // fits into the life of any function
    concurrency: prng.pick([1, 2, 16]),
    canFind: prng.chance(0.5),
    rejects: prng.chance(0.3) ? 0.1 : 0,
    hangs: (name === "caller" && prng.chance(0.4)) || isCalm,
  }));
  const isFlooded = prngOf(plan.seed, "flood").chance(FLOODED);
  const events = plan.events.map((event) => handedOver(plan, event, isFlooded));
  const idleDestinations = isFlooded
    ? prngOf(plan.seed, "idle destinations").pick([1_250, 2_500])
    : 0;
  const world = { ...plan, destinations, idleDestinations, events };
  return isCalm ? calmed(world, prng) : world;
}

/** Nothing else goes wrong, and look-ahead hosts have every copy on time: what hangs must not hold it up. */
export function calmed(plan: Plan, prng: Prng): Plan {
  const ahead = looksAhead({ ...plan, events: dense(plan, prng), rates: NO_FAULTS }, 5);
  const sweepers = ahead.sweepers.map((one) => ({
    ...one,
    incidents: [],
    clock: { ...one.clock, jumps: [] },
  }));
  return { ...ahead, sweepers, outages: [] };
}

function handedOver({ seed }: Plan, event: EventPlan, isFlooded: boolean): EventPlan {
  const prng = prngOf(seed, `destination of ${event.name}`);
  const { bucket, key } = event.to;
  const isCopied = TARGET_BUCKETS.some((name) => name === bucket);
  if (!isCopied || key.includes(REFUSED_KEY_PART) || prng.chance(0.5)) return event;
  return { ...event, to: { bucket: isFlooded ? "mailer" : prng.pick(NAMES), key } };
}

export function destinationOf(
  { destinations }: Pick<Plan, "destinations">,
  { to }: { readonly to: { readonly bucket: string } },
): DestinationPlan | undefined {
  return destinations.find(({ name }) => name === to.bucket);
}
