import {
  connectionFailure,
  type FailedRequest,
  firstLineOf,
  judgeStatus,
  judgeUnanswered,
  NOT_CARRIED_OUT,
  NOT_SUPPORTED,
  storeError,
  THROTTLED,
  thrownText,
  unexplainedAnswer,
  VERDICT_BY_STATUS,
  type Verdict,
} from "@keywhen/adapter-kit";
import {
  isStoreError,
  type ObjectStoreError,
  type RequestKind,
  type StoreErrorCode,
} from "@keywhen/core/store";
import { listIn, objectIn, parseObject, textIn } from "./json-fields.js";

/** A request that failed; `status` is of an answer that came whole. */
export interface FailedGcsRequest extends FailedRequest {
  /** The answer's body. */
  readonly text?: string | undefined;
}

/** Google answers all that is wrong with a token by 401, and missing permissions by 403. */
const REJECTED: Verdict = {
  code: "unauthenticated",
  hint: "Google rejected the credentials, renew or correct them",
};

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
  ...VERDICT_BY_STATUS,
  401: REJECTED,
  // A rewrite token or an upload session that has ended: a new call begins anew.
  410: NOT_CARRIED_OUT,
  413: NOT_SUPPORTED,
};

/** Translates a failed request. An error that is one already stays as it is. */
export function toStoreError(failed: FailedGcsRequest): ObjectStoreError {
  const { error } = failed;
  if (isStoreError(error)) return error;
  const verdict = judge(failed);
  const words = wordsOf(failed, verdict.code);
  return storeError(
    { ...failed, error: error ?? answerError(failed) },
    verdict,
    verdict.hint === undefined ? words : `${verdict.hint}: ${words}`,
  );
}

/** Google's own word for it that something is missing; a proxy's 404 is none. */
export function saysMissing({ status, text }: { status: number; text: string }): boolean {
  return status === 404 && reasonIn(text) === "notFound";
}

function judge({ operation, sent, aborted, status, text, error }: FailedGcsRequest): Verdict {
  if (aborted) return { code: "aborted", undecided: sent };
  if (status !== undefined) return judgeAnswer(status, text ?? "", operation);
  return sent ? judgeUnanswered(error) : judgeUnsent(error);
}

function judgeAnswer(status: number, text: string, operation: RequestKind): Verdict {
  // Uploads are at times refused in plain words.
  const isMissing = saysMissing({ status, text }) || (status === 404 && operation === "put");
  if (isMissing && /^(put|list)$/.test(operation)) return { code: "no-such-bucket" };
  const known = BY_REASON[reasonIn(text) ?? ""] ?? BY_STATUS[status];
  if (known !== undefined) return known;
  return judgeStatus(status);
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

function answerError({ status, text = "" }: FailedGcsRequest): Error {
  const words = text.slice(0, 2_000);
  return Object.assign(new Error(`HTTP ${status}: ${words}`), { status, reason: reasonIn(text) });
}

/** One line: the store's words and its reason. */
function wordsOf({ error, status, text = "" }: FailedGcsRequest, code: StoreErrorCode): string {
  if (status === undefined) {
    const failure = connectionFailure(error);
    if (failure !== undefined) return failure.message;
    return firstLineOf(error) || (thrownText(error, "code") ?? "no answer");
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
