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
import { hasCode } from "@keywhen/core";
import { isStoreError, type ObjectStoreError } from "@keywhen/core/store";

/** Azure's code for a copy whose source it can't read. The status says why. */
export const UNREADABLE_SOURCE = "CannotVerifyCopySource";

export interface FailedAzureRequest extends FailedRequest {
  /** The answer's `x-ms-error-code`; HEAD's answers have it, too. */
  readonly azureCode?: string | undefined;
  /** The code that a copy's source answered. */
  readonly sourceCode?: string | undefined;
}

export interface Refusal {
  readonly status?: number | undefined;
  readonly azureCode?: string | undefined;
}

const refusals = new WeakMap<ObjectStoreError, Refusal>();

const REJECTED: Verdict = {
  code: "unauthenticated",
  hint: "Azure rejected the credentials; check the account key or renew the token (and set this machine's clock)",
};
const NO_SUCH_BUCKET: Verdict = { code: "no-such-bucket" };
/** Unlike S3's, Azure's 409 says that nothing was done. */
const LOST_RACE: Verdict = { code: "conflict", undecided: false };
const ARCHIVED: Verdict = {
  code: "not-supported",
  hint: "the object is archived; rehydrate it first",
};
const HIERARCHICAL: Verdict = {
  code: "not-supported",
  hint: "the account has a hierarchical namespace; use an account without it",
};

/** Azure's error codes, if the HTTP status alone says too little. */
const BY_AZURE_CODE: Readonly<Record<string, Verdict>> = {
  ...sameVerdict(NO_SUCH_BUCKET, "ContainerNotFound ContainerBeingDeleted ContainerDisabled"),

  ...sameVerdict(REJECTED, "AuthenticationFailed InvalidAuthenticationInfo"),
  NoAuthenticationInformation: REJECTED,

  ...sameVerdict(DENIED, "AccountIsDisabled BlobImmutableDueToPolicy PublicAccessNotPermitted"),
  LeaseIdMissing: {
    code: "denied",
    hint: "the object has an Azure lease; break the lease or use another key",
  },

  ServerBusy: THROTTLED,

  ...sameVerdict(LOST_RACE, "BlobAlreadyExists ConditionNotMet PendingCopyOperation"),
  // Another writer of the same key has committed, which drops the blocks of all others.
  ...sameVerdict(LOST_RACE, "InvalidBlobOrBlock InvalidBlockList"),

  ...sameVerdict(INVALID_KEY, "InvalidResourceName InvalidUri OutOfRangeInput"),

  ...sameVerdict(ARCHIVED, "BlobArchived BlobBeingRehydrated"),
  ...sameVerdict(NOT_SUPPORTED, "EmptyMetadataKey FeatureVersionMismatch"),
  ...sameVerdict(NOT_SUPPORTED, "HierarchicalNamespaceNotEnabled InvalidBlobType InvalidMetadata"),
  ...sameVerdict(NOT_SUPPORTED, "MetadataTooLarge RequestBodyTooLarge UnsupportedHeader"),
  UnsupportedQueryParameter: NOT_SUPPORTED,
  ...sameVerdict(HIERARCHICAL, "FilesystemOperationNotSupported OperationNotSupportedOnDirectory"),
  ResourceTypeMismatch: HIERARCHICAL,

  ...sameVerdict(NOT_CARRIED_OUT, "Md5Mismatch Crc64Mismatch RequestTimeout"),
  ...sameVerdict({ code: "unavailable" }, "InternalError OperationTimedOut"),
};

const BY_STATUS: Readonly<Record<number, Verdict>> = {
  ...VERDICT_BY_STATUS,
  401: REJECTED,
  409: LOST_RACE,
  413: NOT_SUPPORTED,
};

const UNREADABLE: Verdict = {
  code: "denied",
  hint: "the copy is not permitted to read its source; allow this identity to read it",
};

/** Azure passes on the answer of the source, so nothing was copied. */
const BY_SOURCE_STATUS: Readonly<Record<number, Verdict>> = {
  401: UNREADABLE,
  403: UNREADABLE,
  409: {
    code: "not-supported",
    hint: "Azure can't copy this source; check its blob type and state",
  },
  429: THROTTLED,
  503: THROTTLED,
};

/** Translates a failed request without sending another one. */
export function toStoreError(failed: FailedAzureRequest): ObjectStoreError {
  const { error, status, azureCode } = failed;
  if (isStoreError(error)) return error;
  const verdict = judge(failed);
  const translated = storeError(failed, verdict, wordsOf(failed, verdict));
  refusals.set(translated, { status, azureCode });
  return translated;
}

/** Azure's answer behind an error of `toStoreError`. Some refusals are results of a call. */
export function refusalOf(error: unknown): Refusal {
  return (isStoreError(error) && refusals.get(error)) || {};
}

/** The object isn't there, though its container may be. */
export function isMissing(error: unknown): boolean {
  return refusalOf(error).status === 404 && !hasCode(error, "no-such-bucket");
}

function judge(failed: FailedAzureRequest): Verdict {
  const { error, sent, status, aborted } = failed;
  if (aborted) return { code: "aborted", undecided: sent };
  if (!sent) return judgeUnsent(error);
  if (status !== undefined && status >= 300) return judgeAnswer(failed, status);
  // Without the caller's signal, the SDK throws this for a connection that was cut.
  if (thrownText(error, "name") === "AbortError") return { code: "unavailable" };
  return judgeUnanswered(error);
}

/** Credentials and the form of the request are checked before anything is sent. */
function judgeUnsent(error: unknown): Verdict {
  const name = thrownText(error, "name") ?? "";
  if (/Credential|Authentication/.test(name)) {
    return {
      code: "unauthenticated",
      hint: "no Azure credential found; set AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN",
    };
  }
  if (error instanceof URIError) return INVALID_KEY;
  return { code: "unexpected", undecided: false };
}

function judgeAnswer({ azureCode = "", sourceCode }: FailedAzureRequest, status: number): Verdict {
  if (azureCode === UNREADABLE_SOURCE) return judgeSource(sourceCode, status);
  const known = BY_AZURE_CODE[azureCode] ?? BY_STATUS[status];
  return known ?? judgeStatus(status);
}

function judgeSource(sourceCode: string | undefined, status: number): Verdict {
  if (sourceCode === "ContainerNotFound") return NO_SUCH_BUCKET;
  const known = BY_AZURE_CODE[sourceCode ?? ""] ?? BY_SOURCE_STATUS[status];
  return { ...(known ?? NOT_CARRIED_OUT), undecided: false };
}

/** One line: the store's words and its code. */
function wordsOf({ error, status, azureCode = "" }: FailedAzureRequest, verdict: Verdict): string {
  if (status === undefined) {
    const failure = azureCode === "" ? connectionFailure(error) : undefined;
    return failure?.message ?? answerWords(verdict, status, { message: firstLineOf(error) });
  }
  // All words of an answer without a code are the SDK's own.
  const isUnexplained = verdict.code === "unexpected" && azureCode === "" && status >= 400;
  const message = isUnexplained ? "" : firstLineOf(error);
  return answerWords(verdict, status, { message, reason: azureCode });
}
