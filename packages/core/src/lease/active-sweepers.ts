import { checkOptionNames } from "../input/option-names.js";
import { type CallOptions, signalOf } from "../options/check-options.js";
import { LOCATION_OPTIONS, resolveSchedule, type ScheduleLocation } from "../options/schedule.js";
import { guardedStore } from "../requests/guarded-store.js";
import { canLease, leaseKeyOf, readLease } from "./lease-object.js";
import { dropExpired } from "./lease-state.js";

/** A sweeper with an entry in the lease. */
export interface ActiveSweeper {
  /** The `owner` of its options and an id of the sweep: `web-1 pid 4711/f3a9`. */
  readonly owner: string;
  /** It delivers events that are due before this instant and are not in the range of another sweeper. */
  readonly until: Date;
  /** Shortly after this instant it counts as dead, unless it renews the lease. */
  readonly expiresAt: Date;
}

/**
 * Returns the sweepers of a schedule, by rising `until`: one GET of the lease. Returns `undefined` if the store can't have a
 * lease. Throws what the store throws.
 */
export async function activeSweepers(
  options: ScheduleLocation,
  call: CallOptions = {},
): Promise<readonly ActiveSweeper[] | undefined> {
  checkOptionNames(options, LOCATION_OPTIONS, "activeSweepers()");
  const schedule = resolveSchedule(options);
  if (!canLease(schedule.store.capabilities)) return undefined;
  const store = guardedStore(schedule.store, schedule.clock);
  const signal = signalOf(call, "activeSweepers()") ?? new AbortController().signal;
  const leaseKey = leaseKeyOf(schedule.root);
  const { state, storeMs } = await readLease({ ...schedule, store, leaseKey }, signal);
  return dropExpired(state, storeMs).holders.map(({ owner, untilMs, expiresMs }) => ({
    owner,
    until: new Date(untilMs),
    expiresAt: new Date(expiresMs),
  }));
}
