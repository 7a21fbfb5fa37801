/** What the caller got wrong, or what stopped a call of keywhen's own. */
export type KeywhenErrorCode =
  | "invalid-time"
  | "invalid-duration"
  | "invalid-target"
  | "invalid-id"
  | "invalid-option"
  | "key-too-long"
  | "not-supported"
  /** This machine's clock and the store's are too far apart. */
  | "clock-skew"
  | "batch-incomplete"
  /** An event with a chosen delivery id closed before it could be stored; a `ScheduleError`. */
  | "too-late"
  /** Whether the event is stored is not known; a `ScheduleError`. */
  | "undecided"
  /** What a consumer was sent is no notification that it knows. */
  | "invalid-notification"
  /** A delivered body is no JSON, or doesn't fit its schema. */
  | "invalid-payload";

/**
 * Why a store call failed.
 *
 * - `invalid-key`: the store can't have such a key or bucket name; never sent, or refused.
 * - `no-such-bucket`: the bucket is missing, or in another region; the same call fails until that is fixed.
 * - `denied`: the credentials are valid but lack a permission; the same call fails until it is granted.
 * - `unauthenticated`: the store rejected the credentials (wrong, expired, or signed with a wrong clock), or
 *   there are none. Nothing was done. New credentials fix it, so a process that runs on may recover.
 * - `throttled`: refused for now because of load; not carried out.
 * - `conflict`: a conditional put met another write; undecided, try again.
 * - `unavailable`: no connection, a server fault, a time-out, an answer that broke off.
 * - `not-supported`: the store can't honour a condition or an option, or can't move this pair atomically; nothing was done.
 * - `aborted`: the caller's signal.
 * - `unexpected`: an answer that makes no sense, or a fault nobody foresaw.
 */
export type StoreErrorCode =
  | "invalid-key"
  | "no-such-bucket"
  | "denied"
  | "unauthenticated"
  | "throttled"
  | "conflict"
  | "unavailable"
  | "not-supported"
  | "aborted"
  | "unexpected";

export type ErrorCode = KeywhenErrorCode | StoreErrorCode;
