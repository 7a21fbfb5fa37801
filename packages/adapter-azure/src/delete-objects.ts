import type { BatchSubResponse, BlobServiceClient } from "@azure/storage-blob";
import { hasCode } from "@keywhen/core";
import {
  type DeleteResult,
  isStoreError,
  ObjectStoreError,
  type StoreCall,
} from "@keywhen/core/store";
import type { AzureConnection } from "./azure-connection.js";
import { blobOf } from "./blob-of.js";
import { checkContainer, checkName } from "./check-name.js";
import type { Abort } from "./send-once.js";
import { isMissing, toStoreError } from "./store-errors.js";

/** Azure's limit of one Blob Batch. */
export const DELETE_BATCH = 256;

const GONE: DeleteResult = { outcome: "gone" };

export async function deleteObjects(
  azure: AzureConnection,
  bucket: string,
  keys: readonly string[],
  call?: StoreCall,
): Promise<readonly DeleteResult[]> {
  checkContainer("delete", bucket, azure.limits);
  if (keys.length > DELETE_BATCH) throw tooMany(bucket, keys.length);
  const answers = new Map<string, DeleteResult>();
  const possible = [...new Set(keys)].filter((key) => isPossible(azure, bucket, key, answers));
  const [only] = possible;
  if (possible.length === 1 && only !== undefined) {
    answers.set(only, await deleteOne(azure, bucket, only, call));
  } else if (possible.length > 1) {
    await deleteBatch(azure, bucket, possible, { answers, call });
  }
  return keys.map((key) => answers.get(key) ?? unanswered(bucket, key));
}

function isPossible(
  azure: AzureConnection,
  bucket: string,
  key: string,
  answers: Map<string, DeleteResult>,
): boolean {
  try {
    checkName("delete", { bucket, key }, azure.limits);
    return true;
  } catch (error) {
    if (!isStoreError(error)) throw error;
    answers.set(key, { outcome: "failed", error });
    return false;
  }
}

/** A batch costs as much as its deletes and takes longer. */
async function deleteOne(
  azure: AzureConnection,
  bucket: string,
  key: string,
  call: StoreCall | undefined,
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
  { answers, call }: { answers: Map<string, DeleteResult>; call: StoreCall | undefined },
): Promise<void> {
  const { subResponses } = await azure.send(
    { operation: "delete", bucket, call },
    (service, abort) => submitBatch(service, bucket, keys, abort),
  );
  // A batch that is refused as a whole is answered like one of its requests.
  if (subResponses.length !== keys.length) throw senseless(bucket, subResponses.length);
  keys.forEach((key, index) => {
    const answer = subResponses[index];
    if (answer !== undefined) answers.set(key, resultOf(bucket, key, answer));
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

function tooMany(bucket: string, count: number): ObjectStoreError {
  const message = `${count} keys at once; the limit is ${DELETE_BATCH}`;
  return new ObjectStoreError({ code: "not-supported", operation: "delete", bucket, message });
}

function senseless(bucket: string, count: number): ObjectStoreError {
  const message = `the answer to the batch tells of ${count} keys`;
  return new ObjectStoreError({ code: "unexpected", operation: "delete", bucket, message });
}

function unanswered(bucket: string, key: string): DeleteResult {
  const message = "the answer does not tell of this key";
  const error = { code: "unexpected", operation: "delete", bucket, key, message } as const;
  return { outcome: "failed", error: new ObjectStoreError(error) };
}
