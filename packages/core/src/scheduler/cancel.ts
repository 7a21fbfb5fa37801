import { asEventId } from "../codec/event-id.js";
import type { LayoutReader } from "../layout/layout-reader.js";
import type { ResolvedHome } from "../options/home.js";
import { cancelOverdue } from "./cancel-overdue.js";
import type { CancelResult } from "./cancel-result.js";
import { createClockCheck } from "./clock-check.js";
import { deleteEvent } from "./delete-event.js";
import { decodeGivenId } from "./event-id.js";
import { findFirst, placesOfId } from "./find-event.js";
import { headChecked } from "./head-checked.js";
import { inEachPlace } from "./in-each-place.js";

export interface CancelOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * Also cancels an event that has closed, if no sweeper is at work: it takes the sweepers' lease for it. Throws
   * `not-supported` on a store that can't have one.
   * @default false
   */
  readonly overdue?: boolean | undefined;
}

/**
 * Deletes a waiting event while it is open, and judges the answer by when it arrives. Throws `clock-skew` if this
 * machine's clock can't tell whether it is open.
 */
export async function cancel(
  home: ResolvedHome,
  layout: LayoutReader,
  id: string,
  { signal, overdue = false }: CancelOptions,
): Promise<CancelResult> {
  const event = decodeGivenId(home, id);
  const closesAtMs = event.atMs - home.guardMs;
  const tooLate = { outcome: "too-late", closedAt: new Date(closesAtMs) } as const;
  const isClosed = () => home.clock.now() >= closesAtMs;
  if (isClosed() && !overdue) return tooLate;
  const places = await placesOfId(home, layout, id, signal);
  if (!isClosed()) return inEachPlace(places, (place) => cancelOpen(place, id, closesAtMs, signal));
  if (!overdue) return tooLate;
  const holding = places.length === 1 ? places : await placesWith(places, id, signal);
  if (holding.length === 0) return { outcome: "not-found" };
  return inEachPlace(holding, (place) => cancelOverdue(place, id, event, tooLate, signal));
}

async function cancelOpen(
  place: ResolvedHome,
  id: string,
  closesAtMs: number,
  signal: AbortSignal | undefined,
): Promise<CancelResult> {
  const isClosed = () => place.clock.now() >= closesAtMs;
  const key = place.pendingPrefix + id;
  const policy = { ...place, signal, untilMs: closesAtMs };
  const clockCheck = createClockCheck(place);
  const info = await headChecked(place, key, clockCheck, policy);
  if (info === undefined) return { outcome: "not-found" };
  if (isClosed()) return { outcome: "too-late", closedAt: new Date(closesAtMs) };
  const answer = await deleteEvent(place, key, policy, clockCheck.call);
  if (!answer.isKnown) return { outcome: "undecided", error: answer.error };
  if (isClosed() || clockCheck.isSkewed) return { outcome: "undecided" };
  return { outcome: "cancelled", id: asEventId(id) };
}

/** Those in which the event waits: of another one the lease would be asked for in vain. */
async function placesWith(
  places: readonly ResolvedHome[],
  id: string,
  signal: AbortSignal | undefined,
): Promise<readonly ResolvedHome[]> {
  const found = await Promise.all(places.map((place) => findFirst([place], id, signal)));
  return found.flatMap((one) => (one === undefined ? [] : [one.place]));
}
