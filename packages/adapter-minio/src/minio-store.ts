import type { ObjectStore } from "@keywhen/core/store";
import { storeOf } from "@keywhen/s3-protocol";
import { checkOptions, type MinioStoreOptions } from "./options.js";
import { sendThrough } from "./send-through.js";

/**
 * The buckets of a MinIO server, or of what its users moved to, as an `ObjectStore`. Sends nothing by
 * itself; each call is sent once, with the given client's endpoint, credentials, region and connections.
 *
 * Throws a `KeywhenError` (`invalid-option`) for options that can't be right.
 */
export function minioStore(options: MinioStoreOptions): ObjectStore {
  const checked = checkOptions(options);
  return storeOf(sendThrough(checked.client), checked);
}
