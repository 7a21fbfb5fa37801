import type { BlobGetPropertiesResponse } from "@azure/storage-blob";
import { type Copying, checkName } from "@keywhen/adapter-kit";
import { type CopyResult, ObjectStoreError } from "@keywhen/core/store";
import type { AzureConnection } from "./azure-connection.js";
import { blobOf } from "./blob-of.js";
import { copyInBlocks } from "./copy-in-blocks.js";
import { describeObject } from "./get-object.js";
import { azureMetadata } from "./metadata-names.js";
import { isMissing, refusalOf, UNREADABLE_SOURCE } from "./store-errors.js";

const SOURCE_GONE: CopyResult = { outcome: "source-gone" };

export async function copyObject(azure: AzureConnection, copying: Copying): Promise<CopyResult> {
  for (const ref of [copying.source, copying.target]) checkName("copy", ref, azure.nameProblem);
  const { size = 0, metadata } = copying.options;
  // Without a name in it Azure takes the source's metadata; only a list of blocks can have none.
  const isEmptied = metadata !== undefined && Object.keys(metadata).length === 0;
  try {
    if (size > azure.singleCopyMaxBytes || isEmptied) return await inBlocks(azure, copying);
    return await copyWhole(azure, copying);
  } catch (error) {
    if (isMissing(error)) return SOURCE_GONE;
    throw error;
  }
}

async function inBlocks(azure: AzureConnection, copying: Copying): Promise<CopyResult> {
  const found = await describeSource(azure, copying);
  return found === undefined ? SOURCE_GONE : copyInBlocks(azure, copying, found);
}

async function copyWhole(azure: AzureConnection, copying: Copying): Promise<CopyResult> {
  try {
    await copyAtOnce(azure, copying);
    return { outcome: "copied" };
  } catch (error) {
    const { status, azureCode } = refusalOf(error);
    if (azureCode !== UNREADABLE_SOURCE || status === 404) throw error;
    return await afterUnreadable(azure, copying, error);
  }
}

async function copyAtOnce(azure: AzureConnection, { source, target, options }: Copying) {
  const { metadata } = options;
  const purpose = { ...target, operation: "copy", call: options } as const;
  const answer = await azure.send(purpose, async (service, abort) => {
    const { url, ...authorization } = await azure.authorizeSource(source, abort);
    return blobOf(service, target).syncCopyFromURL(url, {
      ...authorization,
      ...(metadata === undefined ? {} : { metadata: azureMetadata(metadata) }),
      ...(azure.copyTags ? { copySourceTags: "COPY" } : {}),
      ...abort,
    });
  });
  // The SDK's own `copyStatus` is always "success". Else the copy goes on at Azure, or has failed there.
  const status = answer._response.headers.get("x-ms-copy-status");
  if (status === "success") return;
  const message = `the answer does not confirm the copy: its copy status is ${status ?? "missing"}`;
  const code = status ? "unavailable" : "unexpected";
  throw new ObjectStoreError({ ...target, code, operation: "copy", message, undecided: true });
}

/** One code for many reasons: larger than one copy allows is one, empty was another. */
async function afterUnreadable(
  azure: AzureConnection,
  copying: Copying,
  error: unknown,
): Promise<CopyResult> {
  const found = await describeSource(azure, copying);
  if (found === undefined) return SOURCE_GONE;
  const { contentLength = 0 } = found;
  if (contentLength > 0 && contentLength <= azure.singleCopyMaxBytes) throw error;
  return copyInBlocks(azure, copying, found);
}

function describeSource(
  azure: AzureConnection,
  { source, options }: Copying,
): Promise<BlobGetPropertiesResponse | undefined> {
  return describeObject(azure, source, { operation: "copy", call: options, prepares: true });
}
