import type { ObjectStore } from "@keywhen/core/store";
import { fastLane } from "@keywhen/s3-fast-lane";
import { storeOf } from "@keywhen/s3-protocol";
import { checkOptions, type S3StoreOptions } from "./options.js";
import { onceClient, sendThrough } from "./send-once.js";

/**
 * The buckets of AWS S3, or of a store that speaks S3, as an `ObjectStore`. Sends nothing by itself; each
 * call is sent once, through the given client's handler, credentials, endpoint and middleware.
 *
 * Throws a `KeywhenError` (`invalid-option`) for options that can't be right.
 */
export function s3Store(options: S3StoreOptions): ObjectStore {
  const checked = checkOptions(options);
  const { client } = checked;
  const bySdk = sendThrough(onceClient(client), checked);
  return storeOf(checked.fastLane === false ? bySdk : fastLane(bySdk, client), checked);
}
