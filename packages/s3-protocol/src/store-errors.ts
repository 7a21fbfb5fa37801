import {
  answerWords,
  connectionFailure,
  DENIED,
  type FailedRequest,
  firstLineOf,
  INVALID_KEY,
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
import { isStoreError, type ObjectStoreError } from "@keywhen/core/store";

/** The store doesn't know the caller, while `denied` is a missing permission. */
function rejected(advice: string): S3Verdict {
  return { code: "unauthenticated", advice };
}

interface S3Verdict extends Verdict {
  /** What to do about rejected credentials. The store's own words are not shown: they say less. */
  readonly advice?: string | undefined;
}

const REGION_OF_SIGNATURE = rejected("check the access key id and the region");
const EXPIRED = rejected("they have expired; renew them");
const WRONG_KEY_ID = rejected("check the access key id");
const UNSIGNED = rejected("the request was not signed; set an access key");
const WRONG_CLOCK = rejected("set the clock of this machine");
const WRONG_REGION: Verdict = {
  code: "no-such-bucket",
  hint: "the bucket is in another region; set the client's region",
};

/** Error codes where the HTTP status says too little. */
const BY_S3_CODE: Readonly<Record<string, S3Verdict>> = {
  NoSuchBucket: { code: "no-such-bucket" },
  ...sameVerdict(WRONG_REGION, "PermanentRedirect IllegalLocationConstraintException"),
  ...sameVerdict(NOT_CARRIED_OUT, "TemporaryRedirect BadDigest IncompleteBody NoSuchUpload"),
  ...sameVerdict(NOT_CARRIED_OUT, "RequestTimeout XAmzContentSHA256Mismatch"),

  ...sameVerdict(DENIED, "AccessDenied AllAccessDisabled AccountProblem NotSignedUp"),

  AuthorizationHeaderMalformed: REGION_OF_SIGNATURE,
  AuthorizationQueryParametersError: REGION_OF_SIGNATURE,
  CredentialsNotSupported: rejected("use an access key"),
  ...sameVerdict(EXPIRED, "ExpiredToken ExpiredTokenException TokenRefreshRequired"),
  ...sameVerdict(WRONG_KEY_ID, "InvalidAccessKeyId InvalidClientTokenId InvalidSecurity"),
  ...sameVerdict(WRONG_KEY_ID, "Unauthorized UnrecognizedClientException"),
  InvalidToken: rejected("check the session token"),
  ...sameVerdict(UNSIGNED, "MissingAuthenticationToken MissingSecurityHeader"),
  RequestExpired: WRONG_CLOCK,
  SignatureDoesNotMatch: rejected("check the secret access key"),
  // The SDK corrects its clock by such an answer: the next try is signed with the store's time.
  RequestTimeTooSkewed: { ...WRONG_CLOCK, retryable: true },

  ...sameVerdict(THROTTLED, "SlowDown SlowDownRead SlowDownWrite Throttling ThrottlingException"),
  ...sameVerdict(THROTTLED, "RequestLimitExceeded RequestThrottled TooManyRequests"),
  ...sameVerdict(THROTTLED, "TooManyRequestsException BandwidthLimitExceeded"),
  "KMS.ThrottlingException": THROTTLED,

  ...sameVerdict({ code: "conflict" }, "ConditionalRequestConflict OperationAborted"),
  PreconditionFailed: { code: "conflict", undecided: false },

  ...sameVerdict(INVALID_KEY, "KeyTooLongError InvalidBucketName InvalidObjectName InvalidURI"),
  XMinioInvalidObjectName: INVALID_KEY,

  ...sameVerdict(NOT_SUPPORTED, "NotImplemented EntityTooLarge MetadataTooLarge InvalidTag"),
  // Not `denied`: no permission helps. The same copy fails until the object is restored.
  InvalidObjectState: {
    code: "not-supported",
    hint: "the object is archived; restore it first",
  },

  ...sameVerdict({ code: "unavailable" }, "InternalError ServiceUnavailable"),
};

const BY_STATUS: Readonly<Record<number, S3Verdict>> = {
  ...VERDICT_BY_STATUS,
  301: WRONG_REGION,
  307: NOT_CARRIED_OUT,
  401: rejected("check the access key"),
};

export function toStoreError(failed: FailedRequest): ObjectStoreError {
  const { error, bucket } = failed;
  if (isStoreError(error)) return error;
  const verdict = judge(failed);
  const missing = verdict.code === "no-such-bucket" ? thrownText(error, "BucketName") : undefined;
  const isOther = missing !== undefined && missing !== bucket;
  const place = isOther ? { bucket: missing, key: undefined } : {};
  return storeError({ ...failed, ...place }, verdict, wordsOf(failed, verdict));
}

/** S3's own code; HEAD's answers have none but `NotFound`. */
export function s3CodeOf(error: unknown): string | undefined {
  return isStoreError(error) ? serviceCode(error.cause) : undefined;
}

/** A 403, which may hide that an object is missing. */
export function isAccessDenied(error: unknown): boolean {
  if (!isStoreError(error) || error.code !== "denied") return false;
  // The answer to a HEAD has no code. The SDK's name for it differs by version.
  return /^(AccessDenied|Forbidden|Unknown\w*|403)$/.test(s3CodeOf(error) ?? "");
}

function judge({ error, sent, status, aborted }: FailedRequest): S3Verdict {
  if (aborted || thrownText(error, "name") === "AbortError") {
    return { code: "aborted", undecided: sent };
  }
  if (thrownText(error, "code") === "ERR_INVALID_CHAR") return judgeRefusedHeader(error);
  if (!sent) return judgeUnsent(error);
  const code = serviceCode(error);
  if (code !== undefined && status !== undefined) return judgeAnswer(code, status);
  const isOfConnection = connectionFailure(error) !== undefined;
  if (status !== undefined && !isOfConnection) return judgeAnswer("", status);
  return judgeUnanswered(error);
}

const UNPRINTABLE_CREDENTIALS: Verdict = {
  code: "unauthenticated",
  undecided: false,
  hint: "the access key or the session token contains a character that no header can carry, such as a line end; remove it",
};

/** Node refuses a header before it sends, and names it only in the message. */
function judgeRefusedHeader(error: unknown): Verdict {
  const isOfCredentials = /"(?:authorization|x-amz-security-token)"/i.test(
    thrownText(error, "message") ?? "",
  );
  return isOfCredentials ? UNPRINTABLE_CREDENTIALS : { code: "unexpected", undecided: false };
}

function judgeUnsent(error: unknown): Verdict {
  const name = thrownText(error, "name") ?? "";
  if (name === "CredentialsProviderError" || name === "TokenProviderError") {
    return {
      code: "unauthenticated",
      hint: "no AWS credentials found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role",
    };
  }
  if (error instanceof URIError) return INVALID_KEY;
  const known = BY_S3_CODE[name];
  return { ...(known ?? { code: "unexpected" }), undecided: false };
}

function judgeAnswer(s3Code: string, status: number): S3Verdict {
  const known = BY_S3_CODE[s3Code] ?? BY_STATUS[status];
  if (known !== undefined) return known;
  if (s3Code.startsWith("KMS.")) return DENIED;
  return judgeStatus(status);
}

function serviceCode(error: unknown): string | undefined {
  return thrownText(error, "$fault") === undefined ? undefined : thrownText(error, "name");
}

/** What the SDKs say of an answer that names no error. */
const UNNAMED = /^(Unknown\w*|\d*)$/;

function wordsOf({ error, status }: FailedRequest, verdict: S3Verdict): string {
  const s3Code = serviceCode(error) ?? "";
  if (verdict.advice !== undefined) {
    const reason = UNNAMED.test(s3Code) ? `answered ${status}` : s3Code;
    return `the store rejected the credentials (${reason}): ${verdict.advice}`;
  }
  const failure = s3Code === "" ? connectionFailure(error) : undefined;
  if (failure !== undefined) return failure.message;
  // All words of an answer without a reason are the SDK's own.
  const isUnexplained = verdict.code === "unexpected" && status !== undefined && status >= 400;
  if (isUnexplained && (UNNAMED.test(s3Code) || s3Code === "BadRequest")) {
    return answerWords(verdict, status, {});
  }
  const [message, reason] = [firstLineOf(error), s3Code].map((text) =>
    UNNAMED.test(text) ? "" : text,
  );
  return answerWords(verdict, status, { message, reason });
}

interface S3AnswerError extends Error {
  readonly $fault: "client" | "server";
  /** The bucket that is missing, which may be a copy's source. */
  readonly BucketName?: string | undefined;
}

/** For `toStoreError`: the S3 code is the error's name. */
export function answerError(
  code: string,
  message: string = code,
  bucketName?: string | undefined,
): S3AnswerError {
  const more = bucketName === undefined ? {} : { BucketName: bucketName };
  return Object.assign(new Error(message), { name: code, $fault: "server" } as const, more);
}
