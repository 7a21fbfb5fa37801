import type { ResolvedHome } from "../options/home.js";
import { cancelOverdue } from "./cancel-overdue.js";
import type { CancelResult } from "./cancel-result.js";
import { createClockCheck } from "./clock-check.js";
import { deleteEvent } from "./delete-event.js";
import { decodeGivenId } from "./event-id.js";
import { headChecked } from "./head-checked.js";
import { asEventId } from "./scheduled-event.js";

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
  id: string,
  { signal, overdue = false }: CancelOptions,
): Promise<CancelResult> {
  const event = decodeGivenId(home, id);
  const closesAtMs = event.atMs - home.guardMs;
  const isClosed = () => home.clock.now() >= closesAtMs;
  const tooLate = { outcome: "too-late", closedAt: new Date(closesAtMs) } as const;
  if (isClosed()) return overdue ? cancelOverdue(home, id, event, tooLate, signal) : tooLate;
  const key = home.pendingPrefix + id;
  const policy = { ...home, signal, untilMs: closesAtMs };
  const clockCheck = createClockCheck(home);
  const info = await headChecked(home, key, clockCheck, policy);
  if (info === undefined) return { outcome: "not-found" };
  if (isClosed()) return tooLate;
  const answer = await deleteEvent(home, key, policy, clockCheck.call);
  if (!answer.isKnown) return { outcome: "undecided", error: answer.error };
  if (isClosed() || clockCheck.isSkewed) return { outcome: "undecided" };
  return { outcome: "cancelled", id: asEventId(id) };
}
