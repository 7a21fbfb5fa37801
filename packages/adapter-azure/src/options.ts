import { BlobServiceClient } from "@azure/storage-blob";
import { storeOptionChecks } from "@keywhen/adapter-kit";

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
   * Whether copies keep the index tags. keywhen writes none. Reading them needs a separate permission (the role Storage Blob
   * Data Owner, `t` in a SAS) and is billed as another request.
   * @default false
   */
  readonly copyTags?: boolean | undefined;
}

export type CheckedOptions = {
  readonly [Name in keyof AzureStoreOptions]-?: NonNullable<AzureStoreOptions[Name]>;
};

/** Azure's limit of one synchronous copy. */
const AZURE_COPY_MAX_BYTES = 268_435_456;

const NAMES: readonly (keyof AzureStoreOptions)[] = ["client", "singleCopyMaxBytes", "copyTags"];

/** Throws `invalid-option` for what can't be right. */
export function checkOptions(options: AzureStoreOptions): CheckedOptions {
  const checks = storeOptionChecks("azureStore");
  checks.names(options, NAMES);
  const { client, singleCopyMaxBytes = AZURE_COPY_MAX_BYTES, copyTags = false } = options;
  if (!(client instanceof BlobServiceClient)) {
    const expected = "a BlobServiceClient of the @azure/storage-blob that the adapter finds";
    throw checks.wrong("client", expected, client);
  }
  checks.integer("singleCopyMaxBytes", singleCopyMaxBytes, { min: 1, max: AZURE_COPY_MAX_BYTES });
  checks.boolean("copyTags", copyTags);
  return { client, singleCopyMaxBytes, copyTags };
}
