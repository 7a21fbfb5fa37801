import { withRejection } from "../dead-letters/dead-letter-metadata.js";
import { hasCode } from "../errors.js";
import type { DueEvent } from "../event-table/due-event.js";
import type { DeadLetterOutcome, UndeliverableEvent } from "../event-table/rejected-events.js";
import { withoutToken } from "../key/wake-up-id.js";
import { retryPauseMs } from "../requests/retry.js";
import type {
  CopyOptions,
  CopyResult,
  DeleteResult,
  ObjectRef,
  ObjectStore,
  RequestOptions,
} from "../store/object-store.js";
import { type ObjectStoreError, storeErrorOf } from "../store/object-store-error.js";
import type { SweepRun } from "./sweep-run.js";

const DELETE_ATTEMPTS = 4;

/** Deletes events with one request. If it fails as a whole, it has failed for each of them. */
export async function deleteEvents(
  { schedule, store, shutdown }: SweepRun,
  events: readonly DueEvent[],
): Promise<readonly DeleteResult[]> {
  const keys: string[] = [];
  for (const { key } of events) keys.push(key);
  try {
    return await store.delete(schedule.bucket, keys, { signal: shutdown.deleteSignal });
  } catch (caught) {
    const error = storeErrorOf(caught);
    return events.map(() => ({ outcome: "failed", error }));
  }
}

/**
 * When a failed delete is sent again (monotonic), if it is. Stops the sweep if deleting is denied: copying on would deliver
 * everything again in the next sweep.
 */
export function retryDeleteAtMs(
  { schedule, shutdown }: SweepRun,
  { deleteAttempts }: DueEvent,
  error: ObjectStoreError,
): number | undefined {
  const attempt = deleteAttempts + 1;
  const mayRetry = attempt < DELETE_ATTEMPTS && !shutdown.deleteSignal.aborted;
  if (error.retryable && mayRetry) {
    return schedule.clock.monotonic() + retryPauseMs(attempt, schedule.random);
  }
  if (hasCode(error, "denied", "unauthenticated")) shutdown.stop("denied");
  return undefined;
}

/**
 * Copies an event to the dead letters with the reason in its metadata or, if the store refuses that, without the reason. The same
 * event always gets the same key, so a repetition does no harm. Never throws.
 */
export async function deadLetterEvent(
  { store, schedule, shutdown }: SweepRun,
  { event, reason, error, message }: UndeliverableEvent,
): Promise<DeadLetterOutcome> {
  const { bucket, deadPrefix, clock } = schedule;
  const signal = shutdown.copySignal;
  const source = { bucket, key: event.key };
  const id = event.wakeUp === undefined ? event.id : withoutToken(event.id);
  const target = { bucket, key: deadPrefix + id };
  try {
    const info = await store.head(source, { signal });
    if (info === undefined) return { outcome: "gone" };
    const death = { atMs: clock.now(), reason, code: error?.code ?? reason, message };
    const metadata = withRejection(info.metadata, death);
    const options = { size: info.size, signal };
    const copied = await copyUnlessRefused(store, source, target, { ...options, metadata });
    const { outcome } = copied ?? (await store.copy(source, target, options));
    return { outcome: outcome === "copied" ? "stored" : "gone" };
  } catch (caught) {
    return { outcome: "failed", error: storeErrorOf(caught) };
  }
}

/** `undefined`: the store refuses this copy, but may accept one without the reason. */
async function copyUnlessRefused(
  store: ObjectStore,
  source: ObjectRef,
  target: ObjectRef,
  options: CopyOptions & RequestOptions,
): Promise<CopyResult | undefined> {
  try {
    return await store.copy(source, target, options);
  } catch (caught) {
    const { undecided, retryable, code } = storeErrorOf(caught);
    const isForThisCaller = code === "denied" || code === "unauthenticated";
    if (!undecided && !retryable && !isForThisCaller) return undefined;
    throw caught;
  }
}
