import { isError, isSafely } from "./values.js";

/** What the caller got wrong, or what stopped one of keywhen's own calls. @inline */
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
  /** It is not known whether the event is stored; a `ScheduleError`. */
  | "undecided"
  /** A consumer received something that is not a notification that it knows. */
  | "invalid-notification"
  /** A delivered body is not JSON, or does not match its schema. */
  | "invalid-payload";

/**
 * Why a store call failed.
 *
 * - `invalid-key`: the store can't have such a key or bucket name; never sent, or refused.
 * - `no-such-bucket`: the bucket is missing, or in another region; the same call fails until that is fixed.
 * - `denied`: the credentials are valid but lack a permission; the same call fails until it is granted.
 * - `unauthenticated`: the credentials are missing, or the store rejected them (wrong, expired, or signed with a
 *   wrong clock). Nothing was done. New credentials fix it, so a process that runs on may recover.
 * - `throttled`: refused for now because of load; not carried out.
 * - `conflict`: a conditional put met another write; undecided, try again.
 * - `unavailable`: no connection, a server fault, a time-out, or an answer that broke off.
 * - `not-supported`: the store can't honor a condition or an option, or can't move this pair atomically; nothing was done.
 * - `aborted`: the caller's signal.
 * - `unexpected`: an answer that makes no sense, or an unforeseen fault.
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

/**
 * Why a destination has not delivered an event.
 *
 * - `failed`: it said so, or it threw.
 * - `timed-out`: it took longer than its `timeout`.
 * - `slow-down`: it wants no more events for now.
 * - `rejected`: it will never take this event.
 * - `interrupted`: the sweep ended before it answered, or had too little time left to begin.
 */
export type DestinationErrorCode =
  | "failed"
  | "timed-out"
  | "slow-down"
  | "rejected"
  | "interrupted";

export type ErrorCode = KeywhenErrorCode | StoreErrorCode | DestinationErrorCode;

/** Its one-line message says what was wrong, with the value and the limit, and what to do. */
export class KeywhenError extends Error {
  /** For the stack trace in a minified bundle. */
  static override readonly name: string = "KeywhenError";
  override readonly name: string = "KeywhenError";
  readonly code: KeywhenErrorCode;

  constructor(code: KeywhenErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function invalidOption(message: string, options?: ErrorOptions): KeywhenError {
  return new KeywhenError("invalid-option", message, options);
}

/** Whether an error has one of these codes. Looks at no class, so that two copies of a package, or two contexts (Jest), agree. */
export function hasCode<C extends ErrorCode>(
  error: unknown,
  ...codes: readonly C[]
): error is Error & { readonly code: C } {
  return isSafely(
    () => isError(error) && "code" in error && codes.some((code) => code === error.code),
  );
}
