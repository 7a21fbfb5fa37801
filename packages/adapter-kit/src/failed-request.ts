import { ObjectStoreError, type StoreErrorCode } from "@keywhen/core/store";
import { connectionFailure } from "./connection-failure.js";
import type { Purpose } from "./request-purpose.js";

/** A request that failed, with what was seen of it on the wire. */
export interface FailedRequest extends Pick<Purpose, "operation" | "bucket" | "key" | "prepares"> {
  /** What was thrown. */
  readonly error?: unknown;
  /** It was on its way to the store: before that nothing can have been done. */
  readonly sent: boolean;
  /** HTTP status of the answer, if one came. */
  readonly status?: number | undefined;
  /** The caller's signal has aborted. */
  readonly aborted: boolean;
}

/** What a failed request means. */
export interface Verdict {
  readonly code: StoreErrorCode;
  readonly retryable?: boolean | undefined;
  readonly undecided?: boolean | undefined;
  /** Comes before the store's own words. */
  readonly hint?: string | undefined;
}

export const DENIED: Verdict = { code: "denied" };
export const INVALID_KEY: Verdict = { code: "invalid-key" };
export const NOT_CARRIED_OUT: Verdict = { code: "unavailable", undecided: false };
export const NOT_SUPPORTED: Verdict = { code: "not-supported" };
export const THROTTLED: Verdict = { code: "throttled" };

/** What an HTTP status means to every store. */
export const VERDICT_BY_STATUS: Readonly<Record<number, Verdict>> = {
  403: DENIED,
  408: NOT_CARRIED_OUT,
  409: { code: "conflict" },
  412: { code: "conflict", undecided: false },
  429: THROTTLED,
  501: NOT_SUPPORTED,
};

/** Judges what no table knows. A 2xx that is no result says nothing about what was done; a 4xx says that nothing was. */
export function judgeStatus(status: number): Verdict {
  if (status >= 500) return { code: "unavailable" };
  return { code: "unexpected", undecided: status < 300 };
}

/** Judges a request that was sent and got no answer. */
export function judgeUnanswered(error: unknown): Verdict {
  const failure = connectionFailure(error);
  if (failure === undefined) return { code: "unexpected" };
  return { code: "unavailable", undecided: failure.sent };
}

/** The error of a failed request. `words` say what happened, in one line. */
export function storeError(
  { operation, bucket, key, prepares, aborted, error }: FailedRequest,
  { code, retryable, undecided }: Verdict,
  words: string,
): ObjectStoreError {
  return new ObjectStoreError({
    code,
    operation,
    bucket,
    key,
    message: aborted ? "aborted" : words,
    cause: error,
    retryable,
    undecided: prepares ? false : undecided,
  });
}
