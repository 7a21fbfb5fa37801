import type { ObjectStore } from "@keywhen/core/store";
import { s3ObjectStore, serviceProfile } from "@keywhen/s3-protocol";
import { checkOptions, type MinioStoreOptions } from "./options.js";
import { sendThrough } from "./send-through.js";

/**
 * The buckets of a MinIO server, or of what its users moved to, as an `ObjectStore`. Sends nothing by
 * itself; each call is sent once, with the given client's endpoint, credentials, region and connections.
 *
 * Throws a `KeywhenError` (`invalid-option`) for options that can't be right.
 */
export function minioStore(options: MinioStoreOptions): ObjectStore {
  const { client, service, conditionalPut, singleCopyMaxBytes } = checkOptions(options);
  const send = sendThrough(client);
  return s3ObjectStore({ send, singleCopyMaxBytes, ...serviceProfile(service, conditionalPut) });
}
