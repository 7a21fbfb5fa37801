import {
  type DestinationPlan,
  type EventPlan,
  type Plan,
  REFUSED_KEY_PART,
  TARGET_BUCKETS,
} from "./plan.js";
import { prngOf } from "./prng.js";

/** The share of worlds with destinations. */
const SHARE = 0.15;
const NAMES = ["mailer", "caller"] as const;

/** For some seeds, sweepers hand half of the events to destinations, which fail in all the ways that a store does, and some more. */
export function withDestinations(plan: Plan): Plan {
  const prng = prngOf(plan.seed, "destinations");
  if (!prng.chance(SHARE)) return plan;
  const destinations = NAMES.map((name) => ({
    name,
    timeoutSeconds: 8, // fits into the life of any function
    concurrency: prng.pick([1, 2, 16]),
    canFind: prng.chance(0.5),
    rejects: prng.chance(0.3) ? 0.1 : 0,
    hangs: name === "caller" && prng.chance(0.4),
  }));
  return { ...plan, destinations, events: plan.events.map((event) => handedOver(plan, event)) };
}

function handedOver({ seed }: Plan, event: EventPlan): EventPlan {
  const prng = prngOf(seed, `destination of ${event.name}`);
  const { bucket, key } = event.to;
  const isCopied = TARGET_BUCKETS.some((name) => name === bucket);
  if (!isCopied || key.includes(REFUSED_KEY_PART) || prng.chance(0.5)) return event;
  return { ...event, to: { bucket: prng.pick(NAMES), key } };
}

export function destinationOf(
  { destinations }: Pick<Plan, "destinations">,
  { to }: { readonly to: { readonly bucket: string } },
): DestinationPlan | undefined {
  return destinations.find(({ name }) => name === to.bucket);
}
