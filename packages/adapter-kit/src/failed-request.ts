import { ObjectStoreError, type StoreErrorCode } from "@keywhen/core/store";
import { connectionFailure } from "./connection-failure.js";
import type { Purpose } from "./request.js";

/** A request that failed, with what was observed of it on the wire. */
export interface FailedRequest extends Pick<Purpose, "operation" | "bucket" | "key" | "prepares"> {
  /** The error that was caught. */
  readonly error?: unknown;
  /** It was on its way to the store. Before that it can have done nothing. */
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

/** A table with the same verdict for each of these error codes, which are separated by spaces. */
export function sameVerdict<V extends Verdict>(verdict: V, codes: string): Record<string, V> {
  return Object.fromEntries(codes.split(" ").map((code) => [code, verdict]));
}

/** What an HTTP status means to every store. */
export const VERDICT_BY_STATUS: Readonly<Record<number, Verdict>> = {
  403: DENIED,
  408: NOT_CARRIED_OUT,
  409: { code: "conflict" },
  412: { code: "conflict", undecided: false },
  429: THROTTLED,
  501: NOT_SUPPORTED,
};

/** Judges a status that no table has. A 2xx that is no result leaves open what was done; a 4xx says that nothing was done. */
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
  { code, retryable, undecided, hint }: Verdict,
  words: string,
): ObjectStoreError {
  const message = hint === undefined ? words : `${hint}: ${words}`;
  return new ObjectStoreError({
    code,
    operation,
    bucket,
    key,
    message: aborted ? "aborted" : message,
    cause: error,
    retryable,
    undecided: prepares ? false : undecided,
  });
}

/** The words for an answer, in one line: the store's message and its error code, as far as it gives them. */
export function answerWords(
  { code }: Verdict,
  status: number | undefined,
  {
    message = "",
    reason = "",
  }: { readonly message?: string | undefined; readonly reason?: string | undefined },
): string {
  const words = message || reason;
  if (words !== "") return reason === "" || reason === words ? words : `${words} (${reason})`;
  const isUnexplained = code === "unexpected" && status !== undefined && status >= 400;
  // It may come from a server that is not the store.
  return isUnexplained
    ? `answered ${status} without a reason: check the endpoint (host, port, http:// or https://) and the credentials`
    : `answered ${status}`;
}

/** The error of a successful answer that does not confirm its request. */
export function unconfirmed(
  { operation, bucket, key, prepares }: Purpose,
  problem: string,
): ObjectStoreError {
  const message = `the answer does not confirm the request: ${problem}. Check the endpoint, and whether a proxy changes answers`;
  const changesNothing = prepares === true || /^(head|get|list)$/.test(operation);
  const undecided = changesNothing ? false : undefined;
  return new ObjectStoreError({ code: "unexpected", operation, bucket, key, undecided, message });
}
