import type { ObjectStore, StoreCapabilities } from "@keywhen/core/store";
import { copyObject } from "./copy-object.js";
import { DELETE_BATCH, deleteObjects } from "./delete-objects.js";
import { connectionOf } from "./gcs-connection.js";
import { getObject, headObject } from "./get-object.js";
import { listObjects } from "./list-objects.js";
import { moveObject } from "./move-object.js";
import { GCS_LIMITS, nameProblem } from "./name-problem.js";
import { checkOptions, type GcsStoreOptions } from "./options.js";
import { putObject } from "./put-object.js";

const CAPABILITIES: StoreCapabilities = {
  putIfAbsent: true,
  putIfVersion: true,
  orderedList: true,
  move: "same-bucket",
  singleCopyMaxBytes: Number.POSITIVE_INFINITY,
  deleteBatchSize: DELETE_BATCH,
  limits: GCS_LIMITS,
  clock: "store",
};

/**
 * The buckets of Google Cloud Storage as an `ObjectStore`. Sends nothing by itself; each call is sent once,
 * to the given client's endpoint and with its credentials. Versions are generations.
 *
 * The requests are the JSON API's own, not the client's methods: those retry by themselves, can't be
 * aborted, and don't show the store's time.
 *
 * Throws a `KeywhenError` (`invalid-option`) for options that can't be right.
 */
export function gcsStore(options: GcsStoreOptions): ObjectStore {
  const gcs = connectionOf(checkOptions(options));
  return {
    capabilities: CAPABILITIES,
    nameProblem,
    put: (ref, body, put) => putObject(gcs, ref, body, put),
    head: (ref, call) => headObject(gcs, ref, call),
    get: (ref, call) => getObject(gcs, ref, call),
    list: (page, call) => listObjects(gcs, page, call),
    copy: (source, target, copy = {}) => copyObject(gcs, { source, target, options: copy }),
    move: (source, target, move = {}) => moveObject(gcs, { source, target, options: move }),
    delete: (bucket, keys, call) => deleteObjects(gcs, bucket, keys, call),
  };
}
