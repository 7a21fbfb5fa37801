import type { ResolvedHome } from "../options/home.js";

/** Whichever of several places says this says it for all: what may still be delivered weighs most. */
const WEIGHTIEST_FIRST = ["undecided", "too-late", "rescheduled", "cancelled", "not-found"];

/**
 * Does the same in every place where an event may wait. Nearly always it is in one at most; but who schedules a chosen
 * id with another number of shards in mind may put it into a second one, and then the answer must be true of both.
 */
export async function inEachPlace<Result extends { readonly outcome: string }>(
  places: readonly ResolvedHome[],
  work: (place: ResolvedHome) => Promise<Result>,
): Promise<Result> {
  const results: Result[] = [];
  for (const settled of await Promise.allSettled(places.map(work))) {
    if (settled.status === "rejected") throw settled.reason;
    results.push(settled.value);
  }
  return results.reduce((one, other) => (rankOf(other) < rankOf(one) ? other : one)); // `pending/` always is one
}

function rankOf({ outcome }: { readonly outcome: string }): number {
  return WEIGHTIEST_FIRST.indexOf(outcome);
}
