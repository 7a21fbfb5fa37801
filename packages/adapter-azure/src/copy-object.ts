import type { BlobGetPropertiesResponse } from "@azure/storage-blob";
import { type Copying, checkName } from "@keywhen/adapter-kit";
import { type CopyResult, ObjectStoreError } from "@keywhen/core/store";
import { type AzureConnection, blobOf } from "./azure-connection.js";
import { copyInBlocks } from "./copy-in-blocks.js";
import { describeObject } from "./get-object.js";
import { azureMetadata } from "./object-headers.js";
import { isMissing, refusalOf, UNREADABLE_SOURCE } from "./store-errors.js";

const SOURCE_GONE: CopyResult = { outcome: "source-gone" };

export async function copyObject(azure: AzureConnection, copying: Copying): Promise<CopyResult> {
  for (const ref of [copying.source, copying.target]) checkName("copy", ref, azure.nameProblem);
  const { size = 0, metadata } = copying.options;
  // Azure takes empty metadata for the source's. Only a copy in blocks can have none.
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
  // The SDK's own `copyStatus` is always "success". With any other status the copy continues at Azure, or has failed.
  const status = answer._response.headers.get("x-ms-copy-status");
  if (status === "success") return;
  const message = `the answer does not confirm the copy: its copy status is ${status ?? "missing"}. Copy it again`;
  const code = status ? "unavailable" : "unexpected";
  throw new ObjectStoreError({ ...target, code, operation: "copy", message, undecided: true });
}

/** Azure has one code for many reasons, among them a source that is too large for one copy, and one that is empty. */
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
