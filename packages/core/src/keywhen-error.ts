import { isError } from "./is-error.js";
import type { StoreErrorCode } from "./store/object-store-error.js";

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

export type ErrorCode = KeywhenErrorCode | StoreErrorCode;

/** An error whose one-line message says what was wrong, with the value and the limit, and what to do. */
export class KeywhenError extends Error {
  /** Also the class's name in a minified bundle: a stack trace begins with it. */
  static override readonly name: string = "KeywhenError";
  override readonly name: string = "KeywhenError";
  readonly code: KeywhenErrorCode;

  constructor(code: KeywhenErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export type CodedError<C extends ErrorCode = ErrorCode> = Error & { readonly code: C };

/** Whether an error has one of these codes; by code and not by class, so that two copies of a package, or two contexts (Jest), agree. */
export function hasCode<C extends ErrorCode>(
  error: unknown,
  ...codes: readonly C[]
): error is CodedError<C> {
  if (!isError(error) || !("code" in error)) return false;
  return codes.some((code) => code === error.code);
}
