import type { BatchSubResponse, BlobServiceClient } from "@azure/storage-blob";
import { deleteKeys, GONE } from "@keywhen/adapter-kit";
import { hasCode } from "@keywhen/core";
import {
  type DeleteResult,
  isStoreError,
  ObjectStoreError,
  type RequestOptions,
} from "@keywhen/core/store";
import type { AzureConnection } from "./azure-connection.js";
import { blobOf } from "./blob-of.js";
import type { Abort } from "./send-once.js";
import { isMissing, toStoreError } from "./store-errors.js";

/** Azure's limit of one Blob Batch. */
export const DELETE_BATCH = 256;

export function deleteObjects(
  azure: AzureConnection,
  bucket: string,
  keys: readonly string[],
  call?: RequestOptions,
): Promise<readonly DeleteResult[]> {
  const rules = { batchSize: DELETE_BATCH, nameProblem: azure.nameProblem };
  return deleteKeys(bucket, keys, rules, async (possible, results) => {
    const [only = "", ...others] = possible;
    if (others.length > 0) return deleteBatch(azure, bucket, [only, ...others], { results, call });
    results.set(only, await deleteOne(azure, bucket, only, call));
  });
}

/** A batch costs as much as its deletes and takes longer. */
async function deleteOne(
  azure: AzureConnection,
  bucket: string,
  key: string,
  call: RequestOptions | undefined,
): Promise<DeleteResult> {
  try {
    await azure.send({ operation: "delete", bucket, key, call }, (service, abort) =>
      blobOf(service, { bucket, key }).delete({
        deleteSnapshots: "include",
        ...abort,
      }),
    );
    return GONE;
  } catch (error) {
    if (isMissing(error)) return GONE;
    if (!isStoreError(error) || hasCode(error, "aborted", "no-such-bucket")) throw error;
    return { outcome: "failed", error };
  }
}

async function deleteBatch(
  azure: AzureConnection,
  bucket: string,
  keys: readonly string[],
  { results, call }: { results: Map<string, DeleteResult>; call: RequestOptions | undefined },
): Promise<void> {
  const { subResponses } = await azure.send(
    { operation: "delete", bucket, call },
    (service, abort) => submitBatch(service, bucket, keys, abort),
  );
  // A batch that is refused as a whole is answered like one of its requests.
  if (subResponses.length !== keys.length) throw senseless(bucket, subResponses.length);
  keys.forEach((key, index) => {
    const answer = subResponses[index];
    if (answer !== undefined) results.set(key, resultOf(bucket, key, answer));
  });
}

async function submitBatch(
  service: BlobServiceClient,
  bucket: string,
  keys: readonly string[],
  abort: Abort,
) {
  const batches = service.getContainerClient(bucket).getBlobBatchClient();
  const batch = batches.createBatch();
  for (const key of keys) {
    await batch.deleteBlob(blobOf(service, { bucket, key }), { deleteSnapshots: "include" });
  }
  return batches.submitBatch(batch, abort);
}

/** A key's own answer, by the same table as a request's. */
function resultOf(bucket: string, key: string, answer: BatchSubResponse): DeleteResult {
  const { status, errorCode } = answer;
  if (status >= 200 && status < 300) return GONE;
  const azureCode = errorCode === undefined ? {} : { azureCode: errorCode };
  const error = toStoreError({
    error: new Error(answer.statusMessage || `answered ${status}`),
    operation: "delete",
    bucket,
    key,
    sent: true,
    status,
    ...azureCode,
    aborted: false,
  });
  if (isMissing(error)) return GONE;
  if (hasCode(error, "no-such-bucket")) throw error;
  return { outcome: "failed", error };
}

function senseless(bucket: string, count: number): ObjectStoreError {
  const message = `the answer to the batch tells of ${count} keys`;
  return new ObjectStoreError({ code: "unexpected", operation: "delete", bucket, message });
}
