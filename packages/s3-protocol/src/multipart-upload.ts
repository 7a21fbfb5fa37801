import { isETag } from "@keywhen/adapter-kit";
import { type ObjectRef, ObjectStoreError, type RequestOptions } from "@keywhen/core/store";
import type { S3Connection } from "./s3-connection.js";
import type { CompletedPart, S3Operations, UploadPlace } from "./s3-operations.js";

export interface MultipartUpload {
  readonly operation: "put" | "copy";
  readonly target: ObjectRef;
  readonly headers: Omit<S3Operations["CreateMultipartUpload"]["input"], "Bucket" | "Key">;
  readonly call: RequestOptions | undefined;
  /** Sends the parts; gives them in any order. */
  readonly sendParts: (upload: UploadPlace) => Promise<readonly CompletedPart[]>;
}

/** An abandoned upload is taken back even if the caller has gone, but nobody waits for it long. */
const TAKE_BACK_LIMIT_MS = 5_000;

/**
 * Makes an object of parts, whole or not at all, and gives its ETag as far as the store tells it (older
 * Ceph confirms without one). Up to its last request nothing can be seen of the object, so a failure
 * before that is decided: not stored.
 */
export async function multipartUpload(
  s3: S3Connection,
  { operation, target, headers, call, sendParts }: MultipartUpload,
): Promise<string | undefined> {
  const purpose = { ...target, operation, call };
  const place = { Bucket: target.bucket, Key: target.key };
  const create = { ...headers, ...place };
  const { UploadId } = await s3.send("CreateMultipartUpload", create, {
    ...purpose,
    prepares: true,
  });
  if (!UploadId?.trim()) throw senseless(operation, target, "no upload id", false);
  const upload = { ...place, UploadId };
  try {
    const parts = (await sendParts(upload)).toSorted(byNumber);
    const complete = { ...upload, MultipartUpload: { Parts: parts } };
    const made = await s3.send("CompleteMultipartUpload", complete, purpose);
    const etag = isETag(made.ETag) ? made.ETag : undefined;
    if (etag === undefined && !made.Key) throw senseless(operation, target, "neither ETag nor key");
    return etag;
  } catch (error) {
    await takeBack(s3, upload, { operation, target, call });
    throw error;
  }
}

/**
 * Frees the parts sent so far. If that fails too, the first failure is the one to tell; a lifecycle rule
 * (AbortIncompleteMultipartUpload) is there for what a dead process leaves, and takes these as well.
 */
async function takeBack(
  s3: S3Connection,
  upload: UploadPlace,
  { operation, target, call }: Pick<MultipartUpload, "operation" | "target" | "call">,
): Promise<void> {
  const own = { ...call, signal: AbortSignal.timeout(TAKE_BACK_LIMIT_MS) };
  const input = upload;
  await s3
    .send("AbortMultipartUpload", input, { ...target, operation, call: own })
    .catch(() => undefined);
}

function byNumber(one: CompletedPart, other: CompletedPart): number {
  return (one.PartNumber ?? 0) - (other.PartNumber ?? 0);
}

function senseless(
  operation: "put" | "copy",
  target: ObjectRef,
  what: string,
  undecided?: boolean,
): ObjectStoreError {
  const message = `the answer has ${what}`;
  return new ObjectStoreError({ ...target, code: "unexpected", operation, message, undecided });
}
