import type { WakeUpKey } from "../key/wake-up-id.js";
import type { Schedule } from "../options/schedule.js";
import type { ListedObject, ObjectStore } from "../store/object-store.js";

/**
 * What completes the wake-ups of recurring schedules. A sweeper that has it asks it which occurrence a due wake-up is for, delivers that
 * by a copy, lets it be completed, and deletes the wake-up only then: a crash anywhere leaves a wake-up that is due.
 */
export interface WakeUps {
  /**
   * Reads which occurrence a due wake-up is for, under the lease. Throws an `ObjectStoreError` if that can't be read: then the
   * wake-up stays for a later try.
   */
  begin(wakeUp: DueWakeUp, sweep: WakeUpSweep): Promise<WakeUpTurn>;
}

/** A due wake-up, in the schedule's bucket. */
export interface DueWakeUp extends WakeUpKey {
  readonly id: string;
}

/** What a turn is taken with. */
export interface WakeUpSweep {
  readonly schedule: Schedule;
  /** The schedule's store, as this sweep uses it. */
  readonly store: ObjectStore;
  readonly signal: AbortSignal;
  /** The sweeper's checked clock, in epoch milliseconds. The one of `schedule` may be set while a turn is taken. */
  now(): number;
}

/** The turn of one wake-up. */
export interface WakeUpTurn {
  /** Whether its occurrence is delivered now. If not, it is void, or passed over. */
  readonly delivers: boolean;
  /**
   * Does what must be done before the wake-up is deleted: it makes sure that the schedule's next wake-up is stored. Throws if that
   * is not certain. Returns the next wake-up if this call stored it, as a listing would.
   */
  complete(signal: AbortSignal): Promise<ListedObject | undefined>;
}
