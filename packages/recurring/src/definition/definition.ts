import type { ObjectRef } from "@keywhen/core/store";
import type { Occurrence, Rule } from "../rule/rule.js";

/** What the caller decides about a schedule. */
export interface Content {
  readonly rule: Rule;
  readonly to: ObjectRef;
  readonly payload: StoredPayload;
  /** No occurrence is due later than this. */
  readonly untilMs: number | undefined;
  /** An occurrence that could not be delivered within this time is passed over. */
  readonly maxLateMs: number | undefined;
  /** Every missed occurrence is delivered, one after another. */
  readonly deliversMissed: boolean;
  /** Each occurrence is due at its own instant within this time after its nominal time. */
  readonly windowMs: number;
}

/** The body and headers of each event. The body is in the definition, or in a separate object if it is large. */
export interface StoredPayload {
  readonly body: StoredBody;
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly cacheControl?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** The bytes themselves in base64, or where they are stored and the SHA-256 of them in hex. */
export type StoredBody =
  | { readonly kind: "inline"; readonly base64: string }
  | { readonly kind: "object"; readonly object: string; readonly sha256: string };

/**
 * - `active`: a wake-up waits for the next occurrence.
 * - `paused`: nothing is delivered until it is resumed.
 * - `ended`: its last occurrence is over.
 * - `deleted`: what is left of a deleted schedule, so that its last wake-up finds that it is void.
 */
export type ScheduleState = "active" | "paused" | "ended" | "deleted";

/**
 * The definition of a schedule: the only truth about it. Exactly one wake-up is valid, the one that `next` names; any other
 * wake-up of the schedule is void.
 */
export interface Definition {
  readonly state: ScheduleState;
  /** Different for each content. */
  readonly revision: string;
  readonly content: Content;
  /** Only of an active schedule. */
  readonly next: NextOccurrence | undefined;
  /** The last occurrence that was delivered or passed over. */
  readonly last: LastOccurrence | undefined;
}

/** The occurrence of the valid wake-up. */
export interface NextOccurrence extends Occurrence {
  /** `atMs`, or later within the schedule's window. */
  readonly dueMs: number;
  /** Names the wake-up. Never used twice, so that an old wake-up is never taken for a new one. */
  readonly token: string;
  /** How many occurrences were passed over directly before this one. */
  readonly passedOver: number;
  /** With `deliversMissed`: how many missed occurrences were delivered directly before this one, which was missed as well. */
  readonly madeUp: number;
  /** The rule was replaced while this occurrence was under way; it keeps its turn. */
  readonly isOfOldRule: boolean;
}

/** The nominal time of the first wake-up of a schedule whose writer can't compute occurrences. Nothing is delivered for it. */
export const START = "start";

export interface LastOccurrence {
  readonly atMs: number;
  /** `undefined` if it was one of an earlier rule. */
  readonly nominal: string | undefined;
}
