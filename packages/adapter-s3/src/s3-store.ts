import type { ObjectStore, StoreCapabilities } from "@keywhen/core/store";
import { copyObject } from "./copy-object.js";
import { DELETE_BATCH, deleteObjects } from "./delete-objects.js";
import { getObject, headObject } from "./get-object.js";
import { listObjects } from "./list-objects.js";
import { checkOptions, type S3StoreOptions } from "./options.js";
import { putObject } from "./put-object.js";
import type { S3Connection } from "./s3-connection.js";
import { onceClient, sendThrough, streamClient } from "./send-once.js";

/**
 * The buckets of AWS S3, or of a store that speaks S3, as an `ObjectStore`. Sends nothing by itself; each
 * call is sent once, through the given client's handler, credentials, endpoint and middleware.
 *
 * Throws a `KeywhenError` (`invalid-option`) for options that can't be right.
 */
export function s3Store(options: S3StoreOptions): ObjectStore {
  const { client, singleCopyMaxBytes } = checkOptions(options);
  const once = onceClient(client);
  const capabilities: StoreCapabilities = {
    putIfAbsent: true,
    putIfVersion: true,
    orderedList: true,
    move: "none",
    singleCopyMaxBytes,
    deleteBatchSize: DELETE_BATCH,
    limits: { keyBytes: 1_024, bucketCharacters: 63 },
    clock: "store",
  };
  const s3: S3Connection = {
    send: sendThrough(once),
    sendStream: sendThrough(streamClient(once)),
    limits: capabilities.limits,
    singleCopyMaxBytes,
  };
  return {
    capabilities,
    put: (ref, body, put) => putObject(s3, ref, body, put),
    head: (ref, call) => headObject(s3, ref, call),
    get: (ref, call) => getObject(s3, ref, call),
    list: (page, call) => listObjects(s3, page, call),
    copy: (source, target, copy = {}) => copyObject(s3, { source, target, options: copy }),
    delete: (bucket, keys, call) => deleteObjects(s3, bucket, keys, call),
  };
}
