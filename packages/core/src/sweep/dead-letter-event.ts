import { withRejection } from "../dead-letters/dead-letter-metadata.js";
import type { DeadLetterOutcome } from "../event-table/event-table.js";
import type { RejectedEvent } from "../event-table/rejected-events.js";
import type { Clock } from "../machine.js";
import type {
  CopyOptions,
  CopyResult,
  ObjectRef,
  ObjectStore,
  RequestOptions,
} from "../store/object-store.js";
import { storeErrorOf } from "../store/object-store-error.js";

export interface DeadLetterContext {
  readonly store: ObjectStore;
  /** The schedule's bucket. */
  readonly bucket: string;
  /** What every dead letter's key begins with; the event's id follows. */
  readonly deadPrefix: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Copies an event to the dead letters with the reason in its metadata or, if the store refuses that, as it is. The same
 * event always gets the same key, so a repetition does no harm. Never throws.
 */
export async function deadLetterEvent(
  context: DeadLetterContext,
  rejected: RejectedEvent,
): Promise<DeadLetterOutcome> {
  const { store, bucket, signal } = context;
  const { event } = rejected.tracked;
  const source = { bucket, key: event.key };
  const target = { bucket, key: context.deadPrefix + event.id };
  try {
    const info = await store.head(source, { signal });
    if (info === undefined) return { outcome: "gone" };
    const metadata = withRejection(info.metadata, rejectionOf(context.clock, rejected));
    const size = { size: info.size, signal };
    const copied = await copyOnce(store, source, target, { ...size, metadata });
    return outcomeOf(copied === "refused" ? await store.copy(source, target, size) : copied);
  } catch (caught) {
    return { outcome: "failed", error: storeErrorOf(caught) };
  }
}

async function copyOnce(
  store: ObjectStore,
  source: ObjectRef,
  target: ObjectRef,
  options: CopyOptions & RequestOptions,
): Promise<CopyResult | "refused"> {
  try {
    return await store.copy(source, target, options);
  } catch (caught) {
    const { undecided, retryable, code } = storeErrorOf(caught);
    const isForThisCaller = code === "denied" || code === "unauthenticated";
    if (!undecided && !retryable && !isForThisCaller) return "refused";
    throw caught;
  }
}

function outcomeOf({ outcome }: CopyResult): DeadLetterOutcome {
  return { outcome: outcome === "copied" ? "stored" : "gone" };
}

function rejectionOf(clock: Clock, { reason, error, message }: RejectedEvent) {
  return { atMs: clock.now(), reason, code: error?.code ?? reason, message };
}
