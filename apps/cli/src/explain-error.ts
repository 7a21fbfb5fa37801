import { type ErrorCode, hasCode } from "@keywhen/core";
import { isStoreError, type ObjectStoreError, type RequestKind } from "@keywhen/core/store";
import { UsageError } from "@keywhen/host";
import { EXIT, type ExitCode } from "./exit-codes.js";

export interface ExplainedError {
  readonly exitCode: ExitCode;
  readonly code: ErrorCode | "usage";
  /** One line: what was wrong, with the value and the limit. */
  readonly message: string;
  /** What to do. */
  readonly hint: string | undefined;
}

/** Codes of what the user typed; all others are failures of the store or of keywhen. */
const MISTAKES = [
  "invalid-time",
  "invalid-duration",
  "invalid-target",
  "invalid-id",
  "invalid-option",
  "invalid-key",
  "key-too-long",
] as const;

/** Turns whatever was thrown into one line, a hint and an exit code. `store` is the store URL, if one was given. */
export function explainError(error: unknown, store: string | undefined): ExplainedError {
  if (error instanceof UsageError) {
    return { exitCode: EXIT.usage, code: "usage", message: error.message, hint: error.hint };
  }
  if (isStoreError(error)) return explainStoreError(error, store);
  const message = oneLine(error instanceof Error ? error.message : String(error));
  if (hasCode(error, ...MISTAKES)) {
    return { exitCode: EXIT.usage, code: error.code, message, hint: undefined };
  }
  if (hasCode(error, "not-supported", "clock-skew", "batch-incomplete")) {
    return { exitCode: EXIT.failed, code: error.code, message, hint: HINTS[error.code] };
  }
  const hint = "This is a fault of keywhen's own; -v shows where.";
  return { exitCode: EXIT.failed, code: "unexpected", message, hint };
}

const HINTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  "not-supported": "keywhen doctor --probe shows what the store honours.",
  "clock-skew": "keywhen doctor shows how far the clocks are apart.",
};

type Explain = (error: ObjectStoreError, store: string | undefined) => [string, string | undefined];

/** What each code of a store means to somebody at a command line. */
const STORE_ERRORS: Readonly<Record<ObjectStoreError["code"], Explain>> = {
  denied: explainDenied,
  unauthenticated: explainUnauthenticated,
  "no-such-bucket": ({ bucket }, store) => [
    `there is no bucket "${bucket}" in ${store ?? "this store"}.`,
    "Create it, or correct its name (and, on S3, the region).",
  ],
  unavailable: (error) => [
    `the store did not answer (${wordsOf(error)}).`,
    `${whatBecame(error)} Check the network and the store's address, then try again.`,
  ],
  throttled: (error) => [
    `the store refuses because of load (${wordsOf(error)}).`,
    "Try again in a while.",
  ],
  conflict: (error) => [
    `another write of the same object was under way (${wordsOf(error)}).`,
    `${whatBecame(error)} Try again.`,
  ],
  "not-supported": (error) => [`this store can't do that: ${wordsOf(error)}.`, undefined],
  "invalid-key": (error) => [`the store can't have such a name: ${wordsOf(error)}.`, undefined],
  aborted: (error) => ["interrupted.", error.undecided ? whatBecame(error) : undefined],
  unexpected: (error) => [
    `the store's answer makes no sense: ${error.message}.`,
    `${whatBecame(error)} -v shows more.`,
  ],
};

function explainStoreError(error: ObjectStoreError, store: string | undefined): ExplainedError {
  const [message, hint] = STORE_ERRORS[error.code](error, store);
  return { exitCode: storeExitCode(error), code: error.code, message: oneLine(message), hint };
}

function storeExitCode({ code }: ObjectStoreError): ExitCode {
  if (code === "aborted") return EXIT.interrupted;
  return code === "invalid-key" ? EXIT.usage : EXIT.failed;
}

const S3_RIGHTS: Readonly<Record<RequestKind, string>> = {
  list: "s3:ListBucket",
  head: "s3:GetObject",
  get: "s3:GetObject",
  put: "s3:PutObject",
  copy: "s3:PutObject there (and s3:GetObject on the schedule)",
  move: "s3:PutObject there (and s3:GetObject on the schedule)",
  delete: "s3:DeleteObject",
};

function explainUnauthenticated(error: ObjectStoreError): [string, string | undefined] {
  if (causeName(error) === "CredentialsProviderError") {
    return [
      "no AWS credentials found.",
      "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    ];
  }
  return [`${wordsOf(error)}.`, undefined];
}

function explainDenied(
  error: ObjectStoreError,
  store: string | undefined,
): [string, string | undefined] {
  if (store?.startsWith("s3:") && !isAnswer(error.cause)) {
    return [`${wordsOf(error)}.`, undefined]; // the SDK refused before anything was sent
  }
  const { operation, bucket } = error;
  const message = `may not ${operation} ${placeOf(error)} (${wordsOf(error)}).`;
  if (!store?.startsWith("s3:")) return [message, "Ask for the right, or correct --store."];
  return [message, `That needs the right ${S3_RIGHTS[operation]} on bucket ${bucket}.`];
}

/** The part of the bucket that rights are given for: a single event's key is of no help. */
function placeOf({ bucket, key }: ObjectStoreError): string {
  if (key === undefined) return bucket;
  const pending = /^.*?\/pending(?:\.[0-9a-f]{2})?\//.exec(key)?.[0];
  return `${bucket}/${pending ?? key}`;
}

function whatBecame({ undecided, operation }: ObjectStoreError): string {
  if (operation === "list" || operation === "head" || operation === "get")
    return "Nothing changed.";
  return undecided ? "It may have been carried out all the same." : "Nothing was done.";
}

/** The store's own words, without the operation and the key that the message begins with. */
function wordsOf({ message, operation, bucket, key }: ObjectStoreError): string {
  const place = key === undefined ? bucket : `${bucket}/${key}`;
  const start = `${operation} ${place}: `;
  return message.startsWith(start) ? message.slice(start.length) : message;
}

/** The SDK marks what a server said with `$fault`; without it the fault lies on this machine. */
function isAnswer(cause: unknown): boolean {
  return typeof cause === "object" && cause !== null && "$fault" in cause;
}

function causeName({ cause }: ObjectStoreError): string | undefined {
  return cause instanceof Error ? cause.name : undefined;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ");
}
