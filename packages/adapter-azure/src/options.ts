import { BlobServiceClient } from "@azure/storage-blob";
import { KeywhenError } from "@keywhen/core";

export interface AzureStoreOptions {
  /**
   * A ready client: its address, credential, HTTP client and pipeline options are used, its retries are not,
   * and it is not changed.
   */
  readonly client: BlobServiceClient;
  /**
   * Objects above this size are copied in blocks.
   * @default 268_435_456 (256 MiB, the limit of Copy Blob From URL)
   */
  readonly singleCopyMaxBytes?: number | undefined;
  /**
   * Copies take the index tags along. keywhen writes none; reading them needs a right of their own (the role
   * Storage Blob Data Owner, `t` in a SAS) and is billed as another request.
   * @default false
   */
  readonly copyTags?: boolean | undefined;
}

export type CheckedOptions = {
  readonly [Name in keyof AzureStoreOptions]-?: NonNullable<AzureStoreOptions[Name]>;
};

/** Azure's limit of one synchronous copy. */
const AZURE_COPY_MAX_BYTES = 268_435_456;

const NAMES: ReadonlySet<string> = new Set<keyof AzureStoreOptions>([
  "client",
  "singleCopyMaxBytes",
  "copyTags",
]);

/** Throws `invalid-option` for what can't be right. */
export function checkOptions(options: AzureStoreOptions): CheckedOptions {
  const unknown = Object.keys(options).find((name) => !NAMES.has(name));
  if (unknown !== undefined) {
    throw invalid(`there is no option "${unknown}"; there are: ${[...NAMES].join(", ")}`);
  }
  const { client, singleCopyMaxBytes = AZURE_COPY_MAX_BYTES, copyTags = false } = options;
  if (!(client instanceof BlobServiceClient)) {
    throw invalid("client must be a BlobServiceClient of the @azure/storage-blob that it finds");
  }
  const isSize = Number.isSafeInteger(singleCopyMaxBytes);
  if (!isSize || singleCopyMaxBytes < 1 || singleCopyMaxBytes > AZURE_COPY_MAX_BYTES) {
    throw invalid(
      `singleCopyMaxBytes is ${singleCopyMaxBytes}; it must be a whole number from 1 to ${AZURE_COPY_MAX_BYTES}`,
    );
  }
  if (typeof copyTags !== "boolean") throw invalid("copyTags must be true or false");
  return { client, singleCopyMaxBytes, copyTags };
}

function invalid(message: string): KeywhenError {
  return new KeywhenError("invalid-option", `azureStore: ${message}`);
}
