import { isETag, unconfirmed } from "@keywhen/adapter-kit";
import type { ObjectRef, RequestOptions } from "@keywhen/core/store";
import type { S3Connection } from "./s3-connection.js";
import type { CompletedPart, S3Operations, UploadPlace } from "./s3-operations.js";

export interface MultipartUpload {
  readonly operation: "put" | "copy";
  readonly target: ObjectRef;
  readonly headers: Omit<S3Operations["CreateMultipartUpload"]["input"], "Bucket" | "Key">;
  readonly call: RequestOptions | undefined;
  /** In any order. */
  readonly sendParts: (upload: UploadPlace) => Promise<readonly CompletedPart[]>;
}

/** Even an aborted call aborts its upload, for at most this long. */
const ABORT_LIMIT_MS = 5_000;

/** Returns the ETag if the answer has one (older Ceph confirms without it). The object appears with the last request, so a failure before that is decided: not stored. */
export async function multipartUpload(
  s3: S3Connection,
  { operation, target, headers, call, sendParts }: MultipartUpload,
): Promise<string | undefined> {
  const purpose = { ...target, operation, call };
  const place = { Bucket: target.bucket, Key: target.key };
  const creating = { ...purpose, prepares: true };
  const { UploadId } = await s3.send("CreateMultipartUpload", { ...headers, ...place }, creating);
  if (!UploadId?.trim()) throw unconfirmed(creating, "it has no upload id");
  const upload = { ...place, UploadId };
  try {
    const parts = (await sendParts(upload)).toSorted(byNumber);
    const complete = { ...upload, MultipartUpload: { Parts: parts } };
    const made = await s3.send("CompleteMultipartUpload", complete, purpose);
    const etag = isETag(made.ETag) ? made.ETag : undefined;
    if (etag === undefined && !made.Key) throw unconfirmed(purpose, "it has neither ETag nor key");
    return etag;
  } catch (error) {
    await abort(s3, upload, { operation, target, call });
    throw error;
  }
}

/** If this fails too, the caller gets the first failure, and a lifecycle rule (AbortIncompleteMultipartUpload) removes the parts. */
async function abort(
  s3: S3Connection,
  upload: UploadPlace,
  { operation, target, call }: Pick<MultipartUpload, "operation" | "target" | "call">,
): Promise<void> {
  const own = { ...call, signal: AbortSignal.timeout(ABORT_LIMIT_MS) };
  const purpose = { ...target, operation, call: own };
  await s3.send("AbortMultipartUpload", upload, purpose).catch(() => undefined);
}

function byNumber(one: CompletedPart, other: CompletedPart): number {
  return one.PartNumber - other.PartNumber;
}
