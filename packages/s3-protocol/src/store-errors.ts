import {
  connectionFailure,
  DENIED,
  type FailedRequest,
  firstLineOf,
  INVALID_KEY,
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
import { isStoreError, type ObjectStoreError } from "@keywhen/core/store";

/** The store says that it doesn't know the caller, as opposed to what a known caller is not permitted to do. */
function rejected(advice: string): S3Verdict {
  return { code: "unauthenticated", advice };
}

interface S3Verdict extends Verdict {
  /** What to do about rejected credentials; the store's own words say less. */
  readonly advice?: string | undefined;
}

const REGION_OF_SIGNATURE = rejected("check the access key id and the region");
const EXPIRED = rejected("they have expired, renew them");
const WRONG_KEY_ID = rejected("check the access key id");
const UNSIGNED = rejected("the request was not signed, set an access key");
const WRONG_CLOCK = rejected("set the clock of this machine");
const WRONG_REGION: Verdict = {
  code: "no-such-bucket",
  hint: "the bucket lives in another region: set the client's region",
};

/** S3's error codes, and those of stores that speak S3, where the HTTP status says too little. */
const BY_S3_CODE: Readonly<Record<string, S3Verdict>> = {
  NoSuchBucket: { code: "no-such-bucket" },
  PermanentRedirect: WRONG_REGION,
  IllegalLocationConstraintException: WRONG_REGION,
  TemporaryRedirect: NOT_CARRIED_OUT,

  AccessDenied: DENIED,
  AllAccessDisabled: DENIED,
  AccountProblem: DENIED,
  NotSignedUp: DENIED,

  AuthorizationHeaderMalformed: REGION_OF_SIGNATURE,
  AuthorizationQueryParametersError: REGION_OF_SIGNATURE,
  CredentialsNotSupported: rejected("use an access key"),
  ExpiredToken: EXPIRED,
  ExpiredTokenException: EXPIRED,
  InvalidAccessKeyId: WRONG_KEY_ID,
  InvalidClientTokenId: WRONG_KEY_ID,
  InvalidSecurity: WRONG_KEY_ID,
  InvalidToken: rejected("check the session token"),
  MissingAuthenticationToken: UNSIGNED,
  MissingSecurityHeader: UNSIGNED,
  RequestExpired: WRONG_CLOCK,
  SignatureDoesNotMatch: rejected("check the secret access key"),
  TokenRefreshRequired: EXPIRED,
  Unauthorized: WRONG_KEY_ID,
  UnrecognizedClientException: WRONG_KEY_ID,
  // The SDK corrects its clock by such an answer: the next try is signed with the store's time.
  RequestTimeTooSkewed: { ...WRONG_CLOCK, retryable: true },

  SlowDown: THROTTLED,
  SlowDownRead: THROTTLED,
  SlowDownWrite: THROTTLED,
  Throttling: THROTTLED,
  ThrottlingException: THROTTLED,
  RequestLimitExceeded: THROTTLED,
  RequestThrottled: THROTTLED,
  TooManyRequests: THROTTLED,
  TooManyRequestsException: THROTTLED,
  BandwidthLimitExceeded: THROTTLED,
  "KMS.ThrottlingException": THROTTLED,

  ConditionalRequestConflict: { code: "conflict" },
  OperationAborted: { code: "conflict" },
  PreconditionFailed: { code: "conflict", undecided: false },

  KeyTooLongError: INVALID_KEY,
  InvalidBucketName: INVALID_KEY,
  InvalidObjectName: INVALID_KEY,
  InvalidURI: INVALID_KEY,
  XMinioInvalidObjectName: INVALID_KEY,

  NotImplemented: NOT_SUPPORTED,
  EntityTooLarge: NOT_SUPPORTED,
  MetadataTooLarge: NOT_SUPPORTED,
  InvalidTag: NOT_SUPPORTED,
  // Not `denied`: no right helps, the same copy fails until somebody restores the object.
  InvalidObjectState: {
    code: "not-supported",
    hint: "the object is archived, restore it first",
  },

  BadDigest: NOT_CARRIED_OUT,
  IncompleteBody: NOT_CARRIED_OUT,
  NoSuchUpload: NOT_CARRIED_OUT,
  RequestTimeout: NOT_CARRIED_OUT,
  XAmzContentSHA256Mismatch: NOT_CARRIED_OUT,
  InternalError: { code: "unavailable" },
  ServiceUnavailable: { code: "unavailable" },
};

const BY_STATUS: Readonly<Record<number, S3Verdict>> = {
  ...VERDICT_BY_STATUS,
  301: WRONG_REGION,
  307: NOT_CARRIED_OUT,
  401: rejected("check the access key"),
};

/** Translates a failed request, as far as it can be told without asking again. */
export function toStoreError(failed: FailedRequest): ObjectStoreError {
  const { error, bucket } = failed;
  if (isStoreError(error)) return error;
  const verdict = judge(failed);
  const words = wordsOf(failed, verdict);
  const missing = verdict.code === "no-such-bucket" ? thrownText(error, "BucketName") : undefined;
  const isOther = missing !== undefined && missing !== bucket;
  return storeError(
    isOther ? { ...failed, bucket: missing, key: undefined } : failed,
    verdict,
    words,
  );
}

/** S3's own code of an error that `toStoreError` made; HEAD's answers have none but `NotFound`. */
export function s3CodeOf(error: unknown): string | undefined {
  return isStoreError(error) ? serviceCode(error.cause) : undefined;
}

/** A 403 for want of a right, which may also hide that an object is missing. */
export function isAccessDenied(error: unknown): boolean {
  if (!isStoreError(error) || error.code !== "denied") return false;
  // The answer to a HEAD has no code; what the SDK calls it then differs by version.
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
  hint: "the access key or the session token contains a character that no header can carry, such as a line end",
};

/** Node refuses a header before it sends anything, and names the header in its text alone. */
function judgeRefusedHeader(error: unknown): Verdict {
  const isOfCredentials = /"(?:authorization|x-amz-security-token)"/i.test(
    thrownText(error, "message") ?? "",
  );
  return isOfCredentials ? UNPRINTABLE_CREDENTIALS : { code: "unexpected", undecided: false };
}

/** Credentials, endpoint and the form of the request are looked at before anything is sent. */
function judgeUnsent(error: unknown): Verdict {
  const name = thrownText(error, "name") ?? "";
  if (name === "CredentialsProviderError" || name === "TokenProviderError") {
    return { code: "unauthenticated", hint: "no AWS credentials found" };
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

/** Whether the answer names an error of S3's. The SDKs have names of their own for one that doesn't. */
function hasReason(error: unknown): boolean {
  return !/^(Unknown\w*|\d*|BadRequest)$/.test(serviceCode(error) ?? "");
}

/** One line: the hint, the store's words, its code. */
function wordsOf({ error, status }: FailedRequest, { code, hint, advice }: S3Verdict): string {
  if (advice !== undefined) {
    const s3Code = serviceCode(error) ?? "";
    const reason = /^(Unknown\w*|\d*)$/.test(s3Code) ? `answered ${status}` : s3Code;
    return `the store rejected the credentials (${reason}): ${advice}`;
  }
  const failure = serviceCode(error) === undefined ? connectionFailure(error) : undefined;
  if (failure !== undefined) return failure.message;
  // Words are the SDK's alone then.
  const isUnexplained = code === "unexpected" && status !== undefined && status >= 400;
  if (isUnexplained && !hasReason(error)) return unexplainedAnswer(status);
  // The SDK's own words for an answer without any are no help.
  const said = [firstLineOf(error), serviceCode(error) ?? ""].filter(
    (word) => !/^(Unknown\w*|\d+)?$/.test(word),
  );
  const [words = `answered ${status}`, s3Code = words] = said;
  const told = words === s3Code ? words : `${words} (${s3Code})`;
  return hint === undefined ? told : `${hint}: ${told}`;
}
