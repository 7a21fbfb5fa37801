import {
  answerWords,
  connectionFailure,
  type FailedRequest,
  firstLineOf,
  judgeStatus,
  judgeUnanswered,
  NOT_CARRIED_OUT,
  NOT_SUPPORTED,
  sameVerdict,
  storeError,
  THROTTLED,
  thrownText,
  VERDICT_BY_STATUS,
  type Verdict,
} from "@keywhen/adapter-kit";
import { isStoreError, type ObjectStoreError, type RequestKind } from "@keywhen/core/store";
import { listIn, objectIn, parseObject, textIn } from "./json-fields.js";

/** A request that failed; `status` is that of a complete answer. */
export interface FailedGcsRequest extends FailedRequest {
  /** The answer's body. */
  readonly text?: string | undefined;
}

/** Google answers 401 for every problem with a token, and 403 for missing permissions. */
const REJECTED: Verdict = {
  code: "unauthenticated",
  hint: "Google rejected the credentials; renew or correct them",
};

/** Google's reasons, if the HTTP status alone says too little. */
const BY_REASON: Readonly<Record<string, Verdict>> = {
  ...sameVerdict(THROTTLED, "rateLimitExceeded userRateLimitExceeded usageLimitsRateLimitExceeded"),
  quotaExceeded: THROTTLED,
  userProjectMissing: {
    code: "denied",
    hint: "the bucket's requester pays; turn that off or use another bucket",
  },
  uploadBrokenConnection: NOT_CARRIED_OUT,
};

/** https://cloud.google.com/storage/docs/json_api/v1/status-codes */
const BY_STATUS: Readonly<Record<number, Verdict>> = {
  ...VERDICT_BY_STATUS,
  401: REJECTED,
  // A rewrite token or an upload session that has expired: a new call starts again.
  410: NOT_CARRIED_OUT,
  413: NOT_SUPPORTED,
};

/** Translates a failed request. Returns an `ObjectStoreError` unchanged. */
export function toStoreError(failed: FailedGcsRequest): ObjectStoreError {
  const { error } = failed;
  if (isStoreError(error)) return error;
  const verdict = judge(failed);
  const cause = error ?? answerError(failed);
  return storeError({ ...failed, error: cause }, verdict, wordsOf(failed, verdict));
}

/** Whether Google itself answers that something is missing. A proxy's 404 does not count. */
export function saysMissing({ status, text }: { status: number; text: string }): boolean {
  return status === 404 && reasonIn(text) === "notFound";
}

function judge({ operation, sent, aborted, status, text, error }: FailedGcsRequest): Verdict {
  if (aborted) return { code: "aborted", undecided: sent };
  if (status !== undefined) return judgeAnswer(status, text ?? "", operation);
  return sent ? judgeUnanswered(error) : judgeUnsent(error);
}

function judgeAnswer(status: number, text: string, operation: RequestKind): Verdict {
  // Google refuses some uploads in plain text.
  const isMissing = saysMissing({ status, text }) || (status === 404 && operation === "put");
  if (isMissing && /^(put|list)$/.test(operation)) return { code: "no-such-bucket" };
  const known = BY_REASON[reasonIn(text) ?? ""] ?? BY_STATUS[status];
  if (known !== undefined) return known;
  return judgeStatus(status);
}

/** The client looks for credentials before anything is sent. */
function judgeUnsent(error: unknown): Verdict {
  const message = thrownText(error, "message") ?? "";
  if (/default credentials/i.test(message)) {
    return {
      code: "unauthenticated",
      hint: "no Google credentials found; set GOOGLE_APPLICATION_CREDENTIALS or sign in with gcloud auth application-default login",
    };
  }
  const response = objectIn(Reflect.get(Object(error), "response"));
  const status = Number(response?.["status"] ?? Number.NaN);
  const isOffline = connectionFailure(error) !== undefined;
  if (isOffline || status >= 500 || status === 429) return NOT_CARRIED_OUT;
  if (thrownText(error, "code") === "ENOENT") {
    return { code: "unauthenticated", hint: "no Google credentials" };
  }
  if (status >= 400 || /invalid_grant|invalid_client/.test(message)) {
    return REJECTED;
  }
  return { code: "unexpected", undecided: false };
}

function answerError({ status, text = "" }: FailedGcsRequest): Error {
  const words = text.slice(0, 2_000);
  return Object.assign(new Error(`HTTP ${status}: ${words}`), { status, reason: reasonIn(text) });
}

/** One line: the store's words and its reason. */
function wordsOf({ error, status, text = "" }: FailedGcsRequest, verdict: Verdict): string {
  if (status === undefined) {
    const failure = connectionFailure(error);
    if (failure !== undefined) return failure.message;
    return firstLineOf(error) || (thrownText(error, "code") ?? "no answer");
  }
  const [message] = (textIn(errorIn(text)?.["message"]) ?? "").split("\n");
  return answerWords(verdict, status, { message, reason: reasonIn(text) });
}

function reasonIn(text: string): string | undefined {
  return textIn(objectIn(listIn(errorIn(text)?.["errors"])[0])?.["reason"]);
}

function errorIn(text: string) {
  return objectIn(parseObject(text)?.["error"]);
}
