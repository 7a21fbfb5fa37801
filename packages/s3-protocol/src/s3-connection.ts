import type { NameProblem, Purpose } from "@keywhen/adapter-kit";
import type { S3OperationName, S3Operations } from "./s3-operations.js";
import type { VersionedBuckets } from "./versioned-buckets.js";

/** What every call of the store works with. */
export interface S3Connection {
  readonly send: Send;
  readonly nameProblem: NameProblem;
  readonly singleCopyMaxBytes: number;
  readonly conditions: PutConditions;
  /** Of a store that ignores the condition of a put to a bucket with versions. */
  readonly versioned?: VersionedBuckets | undefined;
}

/** Which conditions of a put the store is known to honour. */
export interface PutConditions {
  readonly putIfAbsent: boolean;
  readonly putIfVersion: boolean;
}

/**
 * Sends a request once, tells it (`onRequest`) and the store's time (`onDate`), obeys the signal, and
 * throws what `toStoreError` makes of a failure.
 */
export type Send = <N extends S3OperationName>(
  name: N,
  input: S3Operations[N]["input"],
  purpose: Purpose,
) => Promise<S3Operations[N]["output"]>;
