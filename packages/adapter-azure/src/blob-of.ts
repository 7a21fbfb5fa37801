import type { BlobServiceClient, BlockBlobClient } from "@azure/storage-blob";
import { type ObjectRef, ObjectStoreError } from "@keywhen/core/store";

/**
 * Containers are buckets, blobs objects. Throws `invalid-key` unless the address that the SDK made of the names, which
 * URL libraries rewrite (`..`), is the one of this blob.
 */
export function blobOf(service: BlobServiceClient, { bucket, key }: ObjectRef): BlockBlobClient {
  const blob = service.getContainerClient(bucket).getBlockBlobClient(key);
  if (decodeURIComponent(new URL(blob.url).pathname).endsWith(`/${bucket}/${key}`)) return blob;
  const message = "its address would be the one of another object";
  throw new ObjectStoreError({ bucket, key, code: "invalid-key", operation: "get", message });
}
