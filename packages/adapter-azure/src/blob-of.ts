import type { BlobServiceClient, BlockBlobClient } from "@azure/storage-blob";
import type { ObjectRef } from "@keywhen/core/store";

/** Containers are buckets, blobs objects. */
export function blobOf(service: BlobServiceClient, { bucket, key }: ObjectRef): BlockBlobClient {
  return service.getContainerClient(bucket).getBlockBlobClient(key);
}
