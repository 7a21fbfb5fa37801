import { withinBudget } from "@keywhen/core/internal";
import type { BodyReader } from "./put-body.js";

/** A shorter stream is sent in one request. */
export const FIRST_PART_BYTES = 8 * 1_048_576;
/** All parts that are being sent; the part that is being read comes on top. */
const BYTES_IN_FLIGHT = 24 * 1_048_576;

/** In how many parts a store takes an object. */
export interface PartLimits {
  readonly partsMax: number;
  /** Parts grow by 8 MiB after this many, so that `partsMax` hold the largest object and the first ones stay small. */
  readonly partsOfASize: number;
}

interface StreamPart {
  /** From 0. */
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** A stream whose beginning has been read, and its length if that is known. */
export interface StreamBody {
  readonly first: Uint8Array;
  readonly reader: BodyReader;
  readonly size?: number | undefined;
}

/** Sends a stream of any length in parts, several at a time, with memory for a few. */
export async function sendInParts(
  body: StreamBody,
  limits: PartLimits,
  send: (part: StreamPart) => Promise<void>,
): Promise<void> {
  const weightOf = ({ bytes }: StreamPart) => bytes.byteLength;
  await withinBudget(partsOf(body, limits), { budget: BYTES_IN_FLIGHT, weightOf }, send);
}

async function* partsOf(
  { first, reader, size }: StreamBody,
  limits: PartLimits,
): AsyncGenerator<StreamPart> {
  yield { index: 0, bytes: first };
  for (let index = 1; ; index += 1) {
    const bytes = await reader.read(partBytes(index, limits, size));
    if (bytes.byteLength === 0) return;
    yield { index, bytes };
  }
}

export function partBytes(
  index: number,
  { partsMax, partsOfASize }: PartLimits,
  size?: number,
): number {
  if (size !== undefined) return Math.max(FIRST_PART_BYTES, Math.ceil(size / (partsMax - 1)));
  return FIRST_PART_BYTES * (1 + Math.floor(index / partsOfASize));
}
