import { randomBytes } from "node:crypto";
import { type StreamBody, sendInParts } from "@keywhen/adapter-kit";
import type { ObjectRef, RequestOptions } from "@keywhen/core/store";
import { type AzureConnection, blobOf } from "./azure-connection.js";

/** The most blocks of one object. */
export const BLOCKS_MAX = 50_000;
/** Over 6 TB; the blocks of the first 8 GB stay small. */
const LIMITS = { partsMax: BLOCKS_MAX, partsOfASize: 1_000 };

/** Sends a stream of any length in blocks, with memory for a few. Returns their names in order. */
export async function stageStream(
  azure: AzureConnection,
  ref: ObjectRef,
  stream: StreamBody,
  call: RequestOptions,
): Promise<string[]> {
  const staged: string[] = [];
  const idOf = blockIds();
  const purpose = { ...ref, operation: "put", prepares: true, call } as const;
  await sendInParts(stream, LIMITS, async ({ index, bytes }) => {
    const id = idOf(index);
    staged.push(id);
    const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    await azure.send(purpose, (service, abort) =>
      blobOf(service, ref).stageBlock(id, body, body.length, abort),
    );
  });
  return staged;
}

/**
 * Names the blocks of one upload. All names have one length, as Azure requires, and differ from those of any other upload of
 * the same key, so that two writers never mix.
 */
export function blockIds(): (number: number) => string {
  const upload = randomBytes(12).toString("hex");
  return (number) => Buffer.from(`${upload}-${String(number).padStart(5, "0")}`).toString("base64");
}
