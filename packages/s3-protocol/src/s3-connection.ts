import type { NameProblem, Purpose } from "@keywhen/adapter-kit";
import type { S3OperationName, S3Operations } from "./s3-operations.js";
import type { VersionedBuckets } from "./versioned-buckets.js";

export interface S3Connection {
  readonly send: Send;
  readonly nameProblem: NameProblem;
  readonly singleCopyMaxBytes: number;
  readonly conditions: PutConditions;
  readonly versioned?: VersionedBuckets | undefined;
}

export interface PutConditions {
  readonly putIfAbsent: boolean;
  readonly putIfVersion: boolean;
}

/** Sends a request once, calls `onRequest` and `onDate`, obeys the signal, and throws by `toStoreError`. */
export type Send = <N extends S3OperationName>(
  name: N,
  input: S3Operations[N]["input"],
  purpose: Purpose,
) => Promise<S3Operations[N]["output"]>;

const GIBIBYTE = 1_073_741_824;
const MEBIBYTE = 1_048_576;

export const S3_SINGLE_MAX_BYTES = 5 * GIBIBYTE;
export const S3_PART_MIN_BYTES = 5 * MEBIBYTE;
export const S3_PARTS_MAX = 10_000;
export const S3_DELETE_BATCH = 1_000;
