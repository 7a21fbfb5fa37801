import { safeText } from "../input/show-value.js";
import { codecV1 } from "../key/codec-v1.js";
import type { EventId, KeyCodec } from "../key/key-codec.js";
import { parseWakeUpId } from "../key/wake-up-id.js";
import type { DeadLetterReason, SweepEvent } from "../report/sweep-event.js";
import type { ObjectRef } from "../store/object-store.js";
import type { DeliveryError } from "../targets/destination-error.js";

/**
 * What became of an event in a sweep, in the words of `SweepEvent`. `already-delivered`: found at its target, where an earlier
 * sweep had copied it. `failed`: a try failed, and a later sweep tries again. `passed-over`: a wake-up that was void or too late.
 */
export type JournalOutcome =
  | "delivered"
  | "already-delivered"
  | "failed"
  | "dead"
  | "expired"
  | "passed-over";

/** One line of the journal: what a sweeper saw of one event. */
export interface JournalEntry {
  /** When the sweeper saw it, by its clock. */
  readonly at: Date;
  readonly outcome: JournalOutcome;
  readonly id: EventId;
  /** `undefined` for a key written by hand in three parts. */
  readonly deliveryId?: string | undefined;
  readonly dueAt: Date;
  readonly target: ObjectRef;
  /** How it was `delivered`; `destination`: by the one that has the name of the target's bucket. */
  readonly by?: "copy" | "move" | "destination" | undefined;
  /** When the copy, or the call of the destination, started; only if `delivered`. */
  readonly startedAt?: Date | undefined;
  readonly latenessMs?: number | undefined;
  /** Bytes of the body. */
  readonly size?: number | undefined;
  /** Why it is `dead`. */
  readonly reason?: DeadLetterReason | undefined;
  /** Why its last try failed. */
  readonly error?:
    | {
        readonly code: string;
        /** Cut to 1,000 characters. */
        readonly message: string;
        /** It may have been delivered. */
        readonly undecided?: boolean | undefined;
      }
    | undefined;
  /** Why it is `dead` or `expired`, in words. */
  readonly message?: string | undefined;
  readonly expiredAt?: Date | undefined;
  /**
   * When the next try is due, at the latest, after it `failed`: a sweep after this instant tries it. `undefined`: the next sweep, or
   * unknown.
   */
  readonly nextTryAt?: Date | undefined;
  /** The sweeper's option `owner`. */
  readonly sweeper?: string | undefined;
  /** Whose wake-up it is. */
  readonly recurring?: { readonly name: string; readonly occurrence: string } | undefined;
}

/** What the events of a sweep don't say themselves. */
export interface Observation {
  readonly atMs: number;
  readonly codec: KeyCodec;
  readonly sweeper: string | undefined;
}

const LONGEST_MESSAGE = 1_000;

/** The entry for what a sweep reports; `undefined` if it says nothing final of an event and of no try. Pure. */
export function entryOf(event: SweepEvent, seen: Observation): JournalEntry | undefined {
  const facts = factsOf(event);
  if (facts === undefined) return undefined;
  const { id, outcome, latenessMs, ...others } = facts;
  const wakeUp = seen.codec === codecV1 ? parseWakeUpId(id) : undefined;
  const key = wakeUp ?? seen.codec.decode(id);
  if (key === undefined) return undefined;
  return {
    at: new Date(seen.atMs),
    outcome,
    id,
    deliveryId: key.deliveryId,
    dueAt: new Date(key.atMs),
    target: key.to,
    ...(latenessMs !== undefined && { startedAt: new Date(key.atMs + latenessMs), latenessMs }),
    ...others,
    sweeper: seen.sweeper,
    recurring: wakeUp && { name: wakeUp.name, occurrence: wakeUp.occurrence },
  };
}

type Facts = Pick<JournalEntry, "outcome" | "id"> & Partial<JournalEntry>;

function factsOf(event: SweepEvent): Facts | undefined {
  switch (event.type) {
    case "delivered": {
      const { type: outcome, id, by, latenessMs, size } = event;
      return { outcome, id, by, latenessMs, size };
    }
    case "already-delivered":
    case "passed-over":
      return { outcome: event.type, id: event.id };
    case "failed": {
      const { type: outcome, id, error, nextTryAt } = event;
      return { outcome, id, error: shortened(error), nextTryAt };
    }
    case "dead": {
      const { type: outcome, id, reason, error, message } = event;
      return { outcome, id, reason, error: error && shortened(error), message: cut(message) };
    }
    case "expired": {
      const { type: outcome, id, expiredAt, message } = event;
      return { outcome, id, expiredAt, message: cut(message) };
    }
    default:
      return undefined;
  }
}

function shortened({ code, message, undecided }: DeliveryError) {
  return { code, message: cut(message), ...(undecided && { undecided }) };
}

/** Any code can make the errors of destinations. Half a surrogate pair would make the line unreadable to strict parsers of JSON. */
function cut(message: unknown): string {
  return safeText(message).slice(0, LONGEST_MESSAGE).toWellFormed();
}
