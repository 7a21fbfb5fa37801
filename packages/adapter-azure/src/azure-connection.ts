import type { BlobServiceClient, BlockBlobClient } from "@azure/storage-blob";
import { checkAddress, type NameProblem } from "@keywhen/adapter-kit";
import type { ObjectRef } from "@keywhen/core/store";
import type { AuthorizeSource } from "./credentials.js";
import type { Send } from "./send-once.js";

/** What every call of the store works with. */
export interface AzureConnection {
  readonly send: Send;
  readonly authorizeSource: AuthorizeSource;
  readonly nameProblem: NameProblem;
  readonly singleCopyMaxBytes: number;
  readonly copyTags: boolean;
}

/** The client of an object. Throws `invalid-key` if the SDK made the address of another object from the names (`..`). */
export function blobOf(service: BlobServiceClient, ref: ObjectRef): BlockBlobClient {
  const blob = service.getContainerClient(ref.bucket).getBlockBlobClient(ref.key);
  const { hostname, pathname } = new URL(blob.url);
  checkAddress({ hostname, path: pathname }, { ...ref, operation: "get" });
  return blob;
}
