import type { ObjectStore, StoreCapabilities } from "@keywhen/core/store";
import type { AzureConnection } from "./azure-connection.js";
import { copyObject } from "./copy-object.js";
import { sourceAuthorization } from "./credentials.js";
import { DELETE_BATCH, deleteObjects } from "./delete-objects.js";
import { getObject, headObject } from "./get-object.js";
import { listObjects } from "./list-objects.js";
import { nameProblem } from "./name-problem.js";
import { type AzureStoreOptions, checkOptions } from "./options.js";
import { putObject } from "./put-object.js";
import { onceClient, sendThrough } from "./send-once.js";

/**
 * The containers of an Azure storage account as an `ObjectStore`: containers are buckets, ETags versions.
 * Sends nothing by itself; each call is sent once, with the given client's credential, address and HTTP
 * client.
 *
 * Throws a `KeywhenError` (`invalid-option`) for options that can't be right.
 */
export function azureStore(options: AzureStoreOptions): ObjectStore {
  const { client, singleCopyMaxBytes, copyTags } = checkOptions(options);
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
  const once = onceClient(client);
  const azure: AzureConnection = {
    send: sendThrough(once),
    authorizeSource: sourceAuthorization(once, { withTags: copyTags }),
    nameProblem: (ref) => nameProblem(ref, capabilities.limits),
    singleCopyMaxBytes,
    copyTags,
  };
  return {
    capabilities,
    nameProblem: azure.nameProblem,
    put: (ref, body, put) => putObject(azure, ref, body, put),
    head: (ref, call) => headObject(azure, ref, call),
    get: (ref, call) => getObject(azure, ref, call),
    list: (page, call) => listObjects(azure, page, call),
    copy: (source, target, copy = {}) => copyObject(azure, { source, target, options: copy }),
    delete: (bucket, keys, call) => deleteObjects(azure, bucket, keys, call),
  };
}
