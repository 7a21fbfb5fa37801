import type { ObjectRef, ObjectStore } from "@keywhen/core/store";
import { copyObject } from "./copy-object.js";
import { deleteObjects } from "./delete-objects.js";
import { getObject, headObject } from "./get-object.js";
import { listObjects } from "./list-objects.js";
import { nameProblem } from "./name-problem.js";
import { putObject } from "./put-object.js";
import {
  S3_DELETE_BATCH,
  S3_SINGLE_MAX_BYTES,
  type S3Connection,
  type Send,
} from "./s3-connection.js";
import { type S3Service, type S3StoreSettings, serviceProfile } from "./settings.js";
import { versionedBuckets } from "./versioned-buckets.js";

export function storeOf(
  send: Send,
  settings: S3StoreSettings & { readonly service: S3Service },
): ObjectStore {
  const { service, conditionalPut, singleCopyMaxBytes = S3_SINGLE_MAX_BYTES } = settings;
  const profile = serviceProfile(service, conditionalPut);
  const { limits, putIfAbsent, putIfVersion } = profile;
  const s3: S3Connection = {
    send,
    nameProblem: (ref: ObjectRef) => nameProblem(ref, profile),
    singleCopyMaxBytes,
    conditions: { putIfAbsent, putIfVersion },
    versioned: profile.mayIgnoreOnVersions
      ? versionedBuckets(send, () => performance.now())
      : undefined,
  };
  return {
    capabilities: {
      ...s3.conditions,
      orderedList: true,
      move: "none",
      singleCopyMaxBytes,
      deleteBatchSize: S3_DELETE_BATCH,
      limits,
      clock: "store",
    },
    nameProblem: s3.nameProblem,
    put: (ref, body, put) => putObject(s3, ref, body, put),
    head: (ref, call) => headObject(s3, ref, call),
    get: (ref, call) => getObject(s3, ref, call),
    list: (page, call) => listObjects(s3, page, call),
    copy: (source, target, copy = {}) => copyObject(s3, { source, target, options: copy }),
    delete: (bucket, keys, call) => deleteObjects(s3, bucket, keys, call),
  };
}
