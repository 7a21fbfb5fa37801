import type { BodyReader } from "@keywhen/adapter-kit";
import { withinBudget } from "@keywhen/core/internal";
import type { ObjectRef, PutOptions, RequestOptions } from "@keywhen/core/store";
import type { AzureConnection } from "./azure-connection.js";
import { blobOf } from "./blob-of.js";
import { BLOCKS_MAX, blockIds } from "./block-ids.js";

const MEBIBYTE = 1_048_576;

/** A stream that ends within it goes in one request. */
export const FIRST_BLOCK_BYTES = 8 * MEBIBYTE;
/** All blocks on their way; the one being read comes on top. */
const BYTES_IN_FLIGHT = 24 * MEBIBYTE;
/** Blocks grow by 8 MiB every so many, so that Azure's 50,000 hold over 6 TB; the first 8 GB stay small. */
const BLOCKS_OF_A_SIZE = 1_000;

interface Block {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** Sends a stream of any length in blocks, with memory for a few; gives their names in order. */
export async function stageStream(
  azure: AzureConnection,
  ref: ObjectRef,
  body: { readonly first: Uint8Array; readonly reader: BodyReader },
  options: PutOptions & RequestOptions,
): Promise<string[]> {
  const staged: string[] = [];
  const budget = { budget: BYTES_IN_FLIGHT, weightOf: ({ bytes }: Block) => bytes.byteLength };
  await withinBudget(blocksOf(body, options.size), budget, async (block) => {
    staged.push(block.id);
    await stage(azure, ref, block, options);
  });
  return staged;
}

async function stage(
  azure: AzureConnection,
  ref: ObjectRef,
  { id, bytes }: Block,
  call: RequestOptions,
): Promise<void> {
  const purpose = { ...ref, operation: "put", prepares: true, call } as const;
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  await azure.send(purpose, (service, abort) =>
    blobOf(service, ref).stageBlock(id, body, body.length, abort),
  );
}

async function* blocksOf(
  { first, reader }: { readonly first: Uint8Array; readonly reader: BodyReader },
  size: number | undefined,
): AsyncGenerator<Block> {
  const idOf = blockIds();
  yield { id: idOf(0), bytes: first };
  for (let number = 1; ; number += 1) {
    const bytes = await reader.read(blockBytes(number, size));
    if (bytes.byteLength === 0) return;
    yield { id: idOf(number), bytes };
  }
}

/** How long a block is to be. */
export function blockBytes(number: number, size?: number): number {
  if (size !== undefined) return Math.max(FIRST_BLOCK_BYTES, Math.ceil(size / (BLOCKS_MAX - 1)));
  return FIRST_BLOCK_BYTES * (1 + Math.floor(number / BLOCKS_OF_A_SIZE));
}
