import { Storage, type StorageOptions } from "@google-cloud/storage";

/** A client as a user would make it, with all its defaults but the address. */
export function clientOf(
  { endpoint }: { readonly endpoint: string },
  options: StorageOptions = {},
): Storage {
  return new Storage({ apiEndpoint: endpoint, projectId: "test", ...options });
}
