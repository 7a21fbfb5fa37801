import { connectionFailure, thrownText, unexplainedAnswer } from "@keywhen/adapter-kit";
import { isStoreError, ObjectStoreError, type StoreErrorCode } from "@keywhen/core/store";
import { listIn, objectIn, parseObject, textIn } from "./json-fields.js";
import type { Purpose } from "./purpose.js";

/** A request that failed, with what was seen of it. */
export interface FailedRequest {
  readonly purpose: Pick<Purpose, "operation" | "bucket" | "key" | "prepares">;
  /** The headers were ready and the request on its way: before that nothing can have been done. */
  readonly sent: boolean;
  /** The caller's signal has aborted. */
  readonly aborted: boolean;
  /** HTTP status of an answer that came whole. */
  readonly status?: number | undefined;
  /** Its body. */
  readonly text?: string | undefined;
  /** What was thrown, if there is no such answer. */
  readonly error?: unknown;
}

interface Verdict {
  readonly code: StoreErrorCode;
  readonly undecided?: boolean;
  readonly retryable?: boolean;
  /** Said before the store's own words. */
  readonly hint?: string;
}

const DENIED: Verdict = { code: "denied" };
/** Google answers all that is wrong with a token by 401, and missing permissions by 403. */
const REJECTED: Verdict = {
  code: "unauthenticated",
  hint: "Google rejected the credentials, renew or correct them",
};
const THROTTLED: Verdict = { code: "throttled" };
const NOT_CARRIED_OUT: Verdict = { code: "unavailable", undecided: false };

/** Google's reasons, where the HTTP status says too little. */
const BY_REASON: Readonly<Record<string, Verdict>> = {
  rateLimitExceeded: THROTTLED,
  userRateLimitExceeded: THROTTLED,
  usageLimitsRateLimitExceeded: THROTTLED,
  quotaExceeded: THROTTLED,
  userProjectMissing: { code: "denied", hint: "the bucket's requester pays" },
  uploadBrokenConnection: NOT_CARRIED_OUT,
};

/** https://cloud.google.com/storage/docs/json_api/v1/status-codes */
const BY_STATUS: Readonly<Record<number, Verdict>> = {
  401: REJECTED,
  403: DENIED,
  408: NOT_CARRIED_OUT,
  409: { code: "conflict" },
  // A rewrite token or an upload session that has ended: a new call begins anew.
  410: NOT_CARRIED_OUT,
  412: { code: "conflict", undecided: false },
  413: { code: "not-supported" },
  429: THROTTLED,
  501: { code: "not-supported" },
};

/** Translates a failed request. An error that is one already stays as it is. */
export function toStoreError(failed: FailedRequest): ObjectStoreError {
  const { purpose, error, aborted } = failed;
  if (isStoreError(error)) return error;
  const { operation, bucket, key, prepares } = purpose;
  const { code, retryable, undecided, hint } = judge(failed);
  const words = aborted ? "aborted" : wordsOf(failed, code);
  return new ObjectStoreError({
    code,
    operation,
    bucket,
    key,
    message: hint === undefined ? words : `${hint}: ${words}`,
    cause: error ?? answerError(failed),
    retryable,
    undecided: prepares ? false : undecided,
  });
}

/** Google's own word for it that something is missing; a proxy's 404 is none. */
export function saysMissing({ status, text }: { status: number; text: string }): boolean {
  return status === 404 && reasonIn(text) === "notFound";
}

function judge({ purpose, sent, aborted, status, text, error }: FailedRequest): Verdict {
  if (aborted) return { code: "aborted", undecided: sent };
  if (status !== undefined) return judgeAnswer(status, text ?? "", purpose.operation);
  if (!sent) return judgeUnsent(error);
  const failure = connectionFailure(error);
  if (failure === undefined) return { code: "unexpected" };
  return { code: "unavailable", undecided: failure.sent };
}

function judgeAnswer(status: number, text: string, operation: Purpose["operation"]): Verdict {
  // Uploads are at times refused in plain words.
  const isMissing = saysMissing({ status, text }) || (status === 404 && operation === "put");
  if (isMissing && /^(put|list)$/.test(operation)) return { code: "no-such-bucket" };
  const known = BY_REASON[reasonIn(text) ?? ""] ?? BY_STATUS[status];
  if (known !== undefined) return known;
  if (status >= 500) return { code: "unavailable" };
  // A 2xx that is no result says nothing about what was done; a 4xx says that nothing was.
  return { code: "unexpected", undecided: status < 300 };
}

/** Credentials are looked for before anything is sent. */
function judgeUnsent(error: unknown): Verdict {
  const message = thrownText(error, "message") ?? "";
  if (/default credentials/i.test(message)) {
    return { code: "unauthenticated", hint: "no Google credentials found" };
  }
  const response = objectIn(Reflect.get(Object(error), "response"));
  const status = Number(response?.["status"] ?? Number.NaN);
  const isOffline = connectionFailure(error) !== undefined;
  if (isOffline || status >= 500 || status === 429) return NOT_CARRIED_OUT;
  if (thrownText(error, "code") === "ENOENT") {
    return { code: "unauthenticated", hint: "no Google credentials" };
  }
  if (status >= 400 || /invalid_grant|invalid_client/.test(message)) {
    return { code: "unauthenticated", hint: "Google rejected the credentials" };
  }
  return { code: "unexpected", undecided: false };
}

function answerError({ status, text = "" }: FailedRequest): Error {
  const words = text.slice(0, 2_000);
  return Object.assign(new Error(`HTTP ${status}: ${words}`), { status, reason: reasonIn(text) });
}

/** One line: the store's words and its reason. */
function wordsOf({ error, status, text = "" }: FailedRequest, code: StoreErrorCode): string {
  if (status === undefined) {
    const failure = connectionFailure(error);
    if (failure !== undefined) return failure.message;
    const [line = ""] = (thrownText(error, "message") || String(error)).split("\n");
    return line || (thrownText(error, "code") ?? "no answer");
  }
  const reason = reasonIn(text);
  const [said = ""] = (textIn(errorIn(text)?.["message"]) ?? "").split("\n");
  if (said === "" && code === "unexpected" && status >= 400) return unexplainedAnswer(status);
  if (said === "") return `answered ${status}`;
  return reason === undefined || reason === said ? said : `${said} (${reason})`;
}

function reasonIn(text: string): string | undefined {
  return textIn(objectIn(listIn(errorIn(text)?.["errors"])[0])?.["reason"]);
}

function errorIn(text: string) {
  return objectIn(parseObject(text)?.["error"]);
}
