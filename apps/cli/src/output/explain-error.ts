import { type ErrorCode, hasCode } from "@keywhen/core";
import { isStoreError, type ObjectStoreError, type RequestKind } from "@keywhen/core/store";
import { UsageError } from "@keywhen/host";
import { EXIT, type ExitCode } from "../exit-codes.js";
import type { Failure } from "./output.js";

export interface ExplainedError extends Failure {
  readonly exitCode: ExitCode;
  readonly code: ErrorCode | "usage" | "file-changed";
}

/** A file that is read as a payload changed its size. The event would have neither its old nor its new content. */
export class ChangedFileError extends Error {
  override readonly name = "ChangedFileError";
  readonly hint =
    "Copy it first and give the copy, or pipe it in to store its content so far, without a fixed length.";

  constructor(file: string, change: "grew" | "shrank") {
    super(`${file} ${change} while it was read, so it was not stored.`);
  }
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
/** Codes about a single event, which the error names. */
const LEFT_OPEN = ["too-late", "undecided"] as const;

/**
 * Turns any error into one line, a hint and an exit code. `store` is the store URL, if one was given. `adapter` is the user's
 * module that opened it.
 */
export function explainError(
  error: unknown,
  store: string | undefined,
  adapter?: string | undefined,
): ExplainedError {
  if (error instanceof UsageError) {
    return { exitCode: EXIT.usage, code: "usage", message: error.message, hint: error.hint };
  }
  if (isStoreError(error)) return explainStoreError(error, store);
  const message = oneLine(error instanceof Error ? error.message : String(error));
  if (error instanceof ChangedFileError) {
    return { exitCode: EXIT.failed, code: "file-changed", message, hint: error.hint };
  }
  if (hasCode(error, ...MISTAKES)) {
    return { exitCode: EXIT.usage, code: error.code, message, hint: undefined };
  }
  if (hasCode(error, ...LEFT_OPEN)) {
    return { exitCode: EXIT.tooLate, code: error.code, message, hint: undefined, ...idOf(error) };
  }
  if (hasCode(error, "not-supported", "clock-skew", "batch-incomplete")) {
    return { exitCode: EXIT.failed, code: error.code, message, hint: HINTS[error.code] };
  }
  const place = adapter === undefined ? "keywhen" : `keywhen or in the adapter ${adapter}`;
  const hint = `This is a bug in ${place}. Report it with what -v prints.`;
  return { exitCode: EXIT.failed, code: "unexpected", message: `${withoutPeriod(message)}.`, hint };
}

function idOf(error: object): { readonly id?: string } {
  return "id" in error && typeof error.id === "string" ? { id: error.id } : {};
}

const SEE_DOCTOR = "Run keywhen doctor --probe to see what the store supports.";

const HINTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  "not-supported": SEE_DOCTOR,
  "clock-skew": "Run keywhen doctor to see how far the clocks are apart.",
};

type Explain = (error: ObjectStoreError, store: string | undefined) => [string, string | undefined];

/** Explains each code of a store to a user of the command line. */
const STORE_ERRORS: Readonly<Record<ObjectStoreError["code"], Explain>> = {
  denied: explainDenied,
  unauthenticated: explainUnauthenticated,
  "no-such-bucket": (error, store) =>
    store?.startsWith("file:")
      ? [
          `There is no bucket "${error.bucket}" in ${store}: ${wordsOf(error)}.`,
          "Correct --store, or create a folder there.",
        ]
      : [
          `There is no bucket "${error.bucket}" in ${store ?? "this store"}.`,
          "Create it, or correct its name (and, on S3, the region).",
        ],
  unavailable: (error, store) =>
    store?.startsWith("file:")
      ? explainFolder(error)
      : [
          `The store did not answer (${wordsOf(error)}).`,
          `${whatBecame(error)}Check the network and the store's address, then try again.`,
        ],
  throttled: (error) => [
    `The store refuses requests because of load (${wordsOf(error)}).`,
    "Try again later.",
  ],
  conflict: (error) => [
    `Another write of the same object was in progress (${wordsOf(error)}).`,
    `${whatBecame(error)}Try again.`,
  ],
  "not-supported": (error) => [`This store can't do that: ${wordsOf(error)}.`, SEE_DOCTOR],
  "invalid-key": (error) => [
    `The store can't have this name: ${wordsOf(error)}.`,
    "Choose another bucket or key.",
  ],
  aborted: (error) => ["interrupted.", whatBecame(error).trim() || undefined],
  unexpected: (error) => [
    `Unexpected failure of the store: ${withoutPeriod(error.message)}.`,
    `${whatBecame(error)}Repeat it with -v to see more.`,
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

const S3_PERMISSIONS: Readonly<Record<RequestKind, string>> = {
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
      "No AWS credentials found.",
      "Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    ];
  }
  return [`${capitalized(wordsOf(error))}.`, undefined];
}

const DOING: Readonly<Record<RequestKind, string>> = {
  list: "list",
  head: "read",
  get: "read",
  put: "write",
  copy: "copy to",
  move: "move to",
  delete: "delete",
};

/** The operating system reports what is wrong with a folder: a full or read-only disk, a missing permission. */
function explainFolder(error: ObjectStoreError): [string, string | undefined] {
  const { operation } = error;
  const message = `Can't ${DOING[operation]} ${placeOf(error)}: ${wordsOf(error)}.`;
  return [message, `${whatBecame(error)}Correct the folder or its disk, or --store.`];
}

function explainDenied(
  error: ObjectStoreError,
  store: string | undefined,
): [string, string | undefined] {
  const { operation, bucket } = error;
  const message = `Permission denied: can't ${DOING[operation]} ${placeOf(error)} (${wordsOf(error)}).`;
  if (store?.startsWith("s3:")) {
    return [
      message,
      `Grant this identity the permission ${S3_PERMISSIONS[operation]} on bucket ${bucket}.`,
    ];
  }
  if (store?.startsWith("file:")) return explainFolder(error);
  return [message, "Grant this identity the permission, or correct --store."];
}

/** Returns the part of the bucket that permissions are granted for, because the key of one event does not help. */
function placeOf({ bucket, key }: ObjectStoreError): string {
  if (key === undefined) return bucket;
  const pending = /^.*?\/pending(?:\.[0-9a-f]{2})?\//.exec(key)?.[0];
  return `${bucket}/${pending ?? key}`;
}

const READS: ReadonlySet<RequestKind> = new Set(["list", "head", "get"]);

/** Returns what a failed write has done, as a sentence and a space; an empty text for a read. */
function whatBecame({ undecided, operation }: ObjectStoreError): string {
  if (READS.has(operation)) return "";
  return undecided ? "It may have been carried out anyway. " : "Nothing was changed. ";
}

/** Returns the store's message without the operation and the key at its start. */
function wordsOf({ message, operation, bucket, key }: ObjectStoreError): string {
  const place = key === undefined ? bucket : `${bucket}/${key}`;
  const start = `${operation} ${place}: `;
  return withoutPeriod(message.startsWith(start) ? message.slice(start.length) : message);
}

/** The sentence around the message has its own period. */
function withoutPeriod(words: string): string {
  return words.replace(/\.+$/, "");
}

function causeName({ cause }: ObjectStoreError): string | undefined {
  return cause instanceof Error ? cause.name : undefined;
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ");
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
