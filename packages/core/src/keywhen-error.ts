import type { ErrorCode, KeywhenErrorCode } from "./error-codes.js";
import { isError } from "./is-error.js";

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
