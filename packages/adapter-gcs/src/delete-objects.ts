import { deleteKeys, GONE } from "@keywhen/adapter-kit";
import type { DeleteResult, RequestOptions } from "@keywhen/core/store";
import { apiUrl, type GcsConnection, objectPath } from "./gcs-connection.js";
import { nameProblem } from "./name-problem.js";
import { ask } from "./send-once.js";
import { saysMissing } from "./store-errors.js";

/** The JSON API deletes one object a request. */
export const DELETE_BATCH = 1;

export function deleteObjects(
  gcs: GcsConnection,
  bucket: string,
  keys: readonly string[],
  call?: RequestOptions,
): Promise<readonly DeleteResult[]> {
  const rules = { batchSize: DELETE_BATCH, nameProblem };
  return deleteKeys(bucket, keys, rules, async ([key = ""], results) => {
    const url = apiUrl(gcs, objectPath({ bucket, key }));
    const purpose = { operation: "delete", bucket, key, call } as const;
    const answer = await ask(gcs, { method: "DELETE", url }, purpose);
    if (answer.status !== 204 && !saysMissing(answer)) throw answer.refusal();
    results.set(key, GONE);
  });
}
