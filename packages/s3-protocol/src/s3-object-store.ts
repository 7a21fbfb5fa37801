import type { ObjectRef, ObjectStore } from "@keywhen/core/store";
import { copyObject } from "./copy-object.js";
import { deleteObjects } from "./delete-objects.js";
import { getObject, headObject } from "./get-object.js";
import { listObjects } from "./list-objects.js";
import { nameProblem } from "./name-problem.js";
import { putObject } from "./put-object.js";
import type { S3Connection, Send } from "./s3-connection.js";
import { S3_DELETE_BATCH } from "./s3-limits.js";
import type { S3ServiceProfile } from "./service.js";
import { versionedBuckets } from "./versioned-buckets.js";

export interface S3ObjectStoreOptions extends S3ServiceProfile {
  readonly send: Send;
  readonly singleCopyMaxBytes: number;
}

/** The `ObjectStore` over whatever sends S3's requests: all that S3 clients have in common. */
export function s3ObjectStore(options: S3ObjectStoreOptions): ObjectStore {
  const { send, limits, hasFileNames, singleCopyMaxBytes, putIfAbsent, putIfVersion } = options;
  const conditions = { putIfAbsent, putIfVersion };
  const names = { limits, hasFileNames };
  const problemOf = (ref: ObjectRef) => nameProblem(ref, names);
  const versioned = options.mayIgnoreOnVersions
    ? versionedBuckets(send, () => performance.now())
    : undefined;
  const s3: S3Connection = {
    send,
    nameProblem: problemOf,
    singleCopyMaxBytes,
    conditions,
    versioned,
  };
  return {
    capabilities: {
      ...conditions,
      orderedList: true,
      move: "none",
      singleCopyMaxBytes,
      deleteBatchSize: S3_DELETE_BATCH,
      limits,
      clock: "store",
    },
    nameProblem: problemOf,
    put: (ref, body, put) => putObject(s3, ref, body, put),
    head: (ref, call) => headObject(s3, ref, call),
    get: (ref, call) => getObject(s3, ref, call),
    list: (page, call) => listObjects(s3, page, call),
    copy: (source, target, copy = {}) => copyObject(s3, { source, target, options: copy }),
    delete: (bucket, keys, call) => deleteObjects(s3, bucket, keys, call),
  };
}
