import {
  type DeleteResult,
  isStoreError,
  ObjectStoreError,
  type StoreCall,
} from "@keywhen/core/store";
import { apiUrl, objectPath } from "./api-url.js";
import { checkBucket, checkName } from "./check-name.js";
import type { GcsConnection } from "./gcs-connection.js";
import { ask } from "./send-once.js";
import { saysMissing } from "./store-errors.js";

/** The JSON API deletes one object a request. */
export const DELETE_BATCH = 1;

const GONE: DeleteResult = { outcome: "gone" };

export async function deleteObjects(
  gcs: GcsConnection,
  bucket: string,
  keys: readonly string[],
  call?: StoreCall,
): Promise<readonly DeleteResult[]> {
  checkBucket("delete", bucket);
  const [key, ...others] = keys;
  if (others.length > 0) throw tooMany(bucket, keys.length);
  if (key === undefined) return [];
  const error = invalidName(bucket, key);
  if (error !== undefined) return [{ outcome: "failed", error }];
  const url = apiUrl(gcs, objectPath({ bucket, key }));
  const purpose = { operation: "delete", bucket, key, call } as const;
  const answer = await ask(gcs, { method: "DELETE", url }, purpose);
  if (answer.status === 204 || saysMissing(answer)) return [GONE];
  throw answer.refusal();
}

function invalidName(bucket: string, key: string): ObjectStoreError | undefined {
  try {
    checkName("delete", { bucket, key });
    return undefined;
  } catch (error) {
    if (isStoreError(error)) return error;
    throw error;
  }
}

function tooMany(bucket: string, count: number): ObjectStoreError {
  const message = `${count} keys; one delete takes ${DELETE_BATCH}`;
  return new ObjectStoreError({ code: "not-supported", operation: "delete", bucket, message });
}
