import { randomBytes } from "node:crypto";
import type { BodyReader } from "@keywhen/adapter-kit";
import { withinBudget } from "@keywhen/core/internal";
import type { ObjectRef, PutOptions, RequestOptions } from "@keywhen/core/store";
import { type AzureConnection, blobOf } from "./azure-connection.js";

const MEBIBYTE = 1_048_576;

/** A shorter stream is sent in one request. */
export const FIRST_BLOCK_BYTES = 8 * MEBIBYTE;
/** All blocks that are being sent; the block that is being read comes on top. */
const BYTES_IN_FLIGHT = 24 * MEBIBYTE;
/** Blocks grow by 8 MiB after this many, so that Azure's 50,000 blocks hold over 6 TB. The blocks of the first 8 GB stay small. */
const BLOCKS_OF_A_SIZE = 1_000;

interface Block {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** Sends a stream of any length in blocks, with memory for a few. Returns their names in order. */
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

/** The length of a block. */
export function blockBytes(number: number, size?: number): number {
  if (size !== undefined) return Math.max(FIRST_BLOCK_BYTES, Math.ceil(size / (BLOCKS_MAX - 1)));
  return FIRST_BLOCK_BYTES * (1 + Math.floor(number / BLOCKS_OF_A_SIZE));
}

/** The most blocks of one object. */
export const BLOCKS_MAX = 50_000;

/**
 * Names the blocks of one upload. All names have one length, as Azure requires, and differ from those of any other upload of
 * the same key, so that two writers never mix.
 */
export function blockIds(): (number: number) => string {
  const upload = randomBytes(12).toString("hex");
  return (number) => Buffer.from(`${upload}-${String(number).padStart(5, "0")}`).toString("base64");
}
