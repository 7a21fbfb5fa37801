import type { BlobGetPropertiesResponse, Tags } from "@azure/storage-blob";
import type { Copying } from "@keywhen/adapter-kit";
import { withinBudget } from "@keywhen/core/internal";
import { type CopyResult, ObjectStoreError } from "@keywhen/core/store";
import { type AzureConnection, blobOf } from "./azure-connection.js";
import { describeObject } from "./get-object.js";
import { azureMetadata } from "./object-headers.js";
import { BLOCKS_MAX, blockIds } from "./stage-stream.js";

/** Copies run inside Azure, so several at a time cost this process nothing. */
const BLOCKS_AT_ONCE = 8;
/** The largest block from an address in older versions of Azure's service. */
const BLOCK_BYTES = 104_857_600;

interface Block {
  readonly id: string;
  readonly offset: number;
  readonly bytes: number;
}

/** A copy of bytes only, so everything else of the source is carried along by hand. */
export async function copyInBlocks(
  azure: AzureConnection,
  copying: Copying,
  found: BlobGetPropertiesResponse,
): Promise<CopyResult> {
  const tags = azure.copyTags ? await tagsOf(azure, copying) : undefined;
  const staged: string[] = [];
  const blocks = copyBlocks(found.contentLength ?? 0, azure.singleCopyMaxBytes);
  const budget = { budget: BLOCKS_AT_ONCE, weightOf: () => 1 };
  await withinBudget(blocks, budget, async (block) => {
    staged.push(block.id);
    await stageBlock(azure, copying, block);
  });
  const result = await checkUnchanged(azure, copying, found);
  if (result.outcome === "copied") await commit(azure, copying, { found, staged, tags });
  return result;
}

async function stageBlock(
  azure: AzureConnection,
  { source, target, options }: Copying,
  { id, offset, bytes }: Block,
): Promise<void> {
  const purpose = { ...target, operation: "copy", prepares: true, call: options } as const;
  await azure.send(purpose, async (service, abort) => {
    const { url, ...authorization } = await azure.authorizeSource(source, abort);
    return blobOf(service, target).stageBlockFromURL(id, url, offset, bytes, {
      ...authorization,
      ...abort,
    });
  });
}

/** The SDK can't require the same version of the source for all blocks, so this looks at the source again. */
async function checkUnchanged(
  azure: AzureConnection,
  { source, target, options }: Copying,
  { etag }: BlobGetPropertiesResponse,
): Promise<CopyResult> {
  const purpose = { operation: "copy", call: options, prepares: true } as const;
  const again = await describeObject(azure, source, purpose);
  if (again === undefined) return { outcome: "source-gone" };
  if (again.etag === etag) return { outcome: "copied" };
  const message = `the source ${source.bucket}/${source.key} changed while it was copied: copy it again`;
  const details = { ...target, code: "conflict", operation: "copy", message } as const;
  throw new ObjectStoreError({ ...details, undecided: false });
}

interface Commit {
  readonly found: BlobGetPropertiesResponse;
  readonly staged: string[];
  readonly tags: Tags | undefined;
}

async function commit(
  azure: AzureConnection,
  { target, options }: Copying,
  { found, staged, tags }: Commit,
): Promise<void> {
  const { metadata } = options;
  await azure.send({ ...target, operation: "copy", call: options }, (service, abort) =>
    blobOf(service, target).commitBlockList(staged, {
      blobHTTPHeaders: headersOf(found),
      metadata: metadata === undefined ? { ...found.metadata } : azureMetadata(metadata),
      ...(tags === undefined ? {} : { tags }),
      ...abort,
    }),
  );
}

function headersOf(found: BlobGetPropertiesResponse) {
  const { contentType, contentEncoding, contentLanguage, contentDisposition, cacheControl } = found;
  return {
    ...(contentType ? { blobContentType: contentType } : {}),
    ...(contentEncoding ? { blobContentEncoding: contentEncoding } : {}),
    ...(contentLanguage ? { blobContentLanguage: contentLanguage } : {}),
    ...(contentDisposition ? { blobContentDisposition: contentDisposition } : {}),
    ...(cacheControl ? { blobCacheControl: cacheControl } : {}),
  };
}

async function tagsOf(azure: AzureConnection, { source, options }: Copying): Promise<Tags> {
  const purpose = { ...source, operation: "copy", kind: "get", prepares: true } as const;
  const { tags } = await azure.send({ ...purpose, call: options }, (service, abort) =>
    blobOf(service, source).getTags(abort),
  );
  return tags;
}

/** Each block is small enough for one copy, and together they are no more than Azure takes. */
export function* copyBlocks(size: number, singleCopyMaxBytes: number): Generator<Block> {
  const most = Math.max(Math.min(BLOCK_BYTES, singleCopyMaxBytes), Math.ceil(size / BLOCKS_MAX));
  const idOf = blockIds();
  for (let number = 0, offset = 0; offset < size; number += 1, offset += most) {
    yield { id: idOf(number), offset, bytes: Math.min(most, size - offset) };
  }
}
