import type { BatchSubResponse, BlobServiceClient } from "@azure/storage-blob";
import { deleteKeys, GONE, unconfirmed } from "@keywhen/adapter-kit";
import { hasCode } from "@keywhen/core";
import { type DeleteResult, isStoreError, type RequestOptions } from "@keywhen/core/store";
import { type AzureConnection, blobOf } from "./azure-connection.js";
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
      blobOf(service, { bucket, key }).delete({ deleteSnapshots: "include", ...abort }),
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
  const purpose = { operation: "delete", bucket, call } as const;
  const { subResponses } = await azure.send(purpose, (service, abort) =>
    submitBatch(service, bucket, keys, abort),
  );
  // The answer to a batch that is refused as a whole looks like the answer to one of its requests.
  if (subResponses.length !== keys.length) {
    throw unconfirmed(purpose, `it has the results of ${subResponses.length} keys`);
  }
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

/** The result of one key, by the same table as the answer to a request. */
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
