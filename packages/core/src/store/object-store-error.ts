import type { StoreErrorCode } from "../errors.js";
import { isErrorWith } from "../values.js";

/** The kind of a request: requests are counted by it, and errors name it. */
export type RequestKind = "list" | "head" | "get" | "put" | "copy" | "move" | "delete";

const RETRYABLE: ReadonlySet<StoreErrorCode> = new Set(["throttled", "conflict", "unavailable"]);
const UNDECIDED: ReadonlySet<StoreErrorCode> = new Set([
  "conflict",
  "unavailable",
  "aborted",
  "unexpected",
]);

export interface StoreErrorDetails {
  readonly code: StoreErrorCode;
  readonly operation: RequestKind;
  readonly bucket: string;
  readonly key?: string | undefined;
  /** What went wrong, in the store's words where it has some. */
  readonly message: string;
  readonly cause?: unknown;
  /** @default true for `throttled`, `conflict` and `unavailable` */
  readonly retryable?: boolean | undefined;
  /** @default true for `conflict`, `unavailable`, `aborted` and `unexpected` */
  readonly undecided?: boolean | undefined;
}

/** A store call that failed: act on `code`, `retryable` and `undecided`, never on the message. */
export class ObjectStoreError extends Error {
  /** For the stack trace in a minified bundle. */
  static override readonly name: string = "ObjectStoreError";
  override readonly name = "ObjectStoreError";
  readonly code: StoreErrorCode;
  /** The same call may succeed later. */
  readonly retryable: boolean;
  /** The request may have been carried out: its answer is missing or says nothing. */
  readonly undecided: boolean;
  readonly operation: RequestKind;
  readonly bucket: string;
  readonly key: string | undefined;

  constructor(details: StoreErrorDetails) {
    const place = details.key === undefined ? details.bucket : `${details.bucket}/${details.key}`;
    super(`${details.operation} ${place}: ${details.message}`, { cause: details.cause });
    this.code = details.code;
    this.retryable = details.retryable ?? RETRYABLE.has(details.code);
    this.undecided = details.undecided ?? UNDECIDED.has(details.code);
    this.operation = details.operation;
    this.bucket = details.bucket;
    this.key = details.key;
  }
}

/** Recognizes an `ObjectStoreError` by its shape, so that two copies of this package, or two contexts (Jest), agree. */
export function isStoreError(error: unknown): error is ObjectStoreError {
  return isErrorWith(error, "ObjectStoreError", "undecided");
}

/** Returns what was caught if it is a store's error. Throws anything else again: it is a bug. */
export function storeErrorOf(caught: unknown): ObjectStoreError {
  if (isStoreError(caught)) return caught;
  throw caught;
}

/** Throws what was caught again unless it is a store's error: anything else is a bug. */
export function rethrowUnlessStoreError(caught: unknown): void {
  if (!isStoreError(caught)) throw caught;
}
