import {
  AnonymousCredential,
  BlobServiceClient,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { KeywhenError } from "@keywhen/core";
import type { OpenedHome } from "@keywhen/core/store";
export async function open(): Promise<OpenedHome> {
  throw new Error("todo");
}
void [AnonymousCredential, BlobServiceClient, StorageSharedKeyCredential, KeywhenError];
