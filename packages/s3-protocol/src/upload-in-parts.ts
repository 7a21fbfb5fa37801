import { type BodyReader, isETag, unconfirmed, writtenAs } from "@keywhen/adapter-kit";
import { withinBudget } from "@keywhen/core/internal";
import type { ObjectRef, PutOptions, PutResult, RequestOptions } from "@keywhen/core/store";
import { describeObject } from "./get-object.js";
import { headersInput } from "./inputs.js";
import { multipartUpload } from "./multipart-upload.js";
import { S3_PARTS_MAX, type S3Connection } from "./s3-connection.js";
import type { CompletedPart, UploadPlace } from "./s3-operations.js";

const MEBIBYTE = 1_048_576;

/** A shorter stream is sent in one request. */
export const FIRST_PART_BYTES = 8 * MEBIBYTE;
/** All parts that are being sent; the part that is being read comes on top. */
const BYTES_IN_FLIGHT = 24 * MEBIBYTE;
/** Parts grow by 8 MiB after this many, so that S3's 10,000 parts hold over 5 TB. The parts of the first 640 MB stay small. */
const PARTS_OF_A_SIZE = 80;

interface Part {
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** Puts a stream of any length with memory for a few parts. */
export async function uploadInParts(
  s3: S3Connection,
  ref: ObjectRef,
  body: { readonly first: Uint8Array; readonly reader: BodyReader },
  options: PutOptions & RequestOptions,
): Promise<PutResult> {
  const etag = await multipartUpload(s3, {
    operation: "put",
    target: ref,
    headers: headersInput(options),
    call: options,
    sendParts: async (upload) => {
      const sent: CompletedPart[] = [];
      const budget = { budget: BYTES_IN_FLIGHT, weightOf: ({ bytes }: Part) => bytes.byteLength };
      await withinBudget(partsOf(body, options.size), budget, async (part) => {
        sent.push(await sendPart(s3, ref, upload, part, options));
      });
      return sent;
    },
  });
  return writtenAs(
    ref,
    etag ?? (await describeObject(s3, ref, { operation: "put", call: options }))?.ETag,
  );
}

async function sendPart(
  s3: S3Connection,
  ref: ObjectRef,
  upload: UploadPlace,
  { number, bytes }: Part,
  call: RequestOptions,
): Promise<CompletedPart> {
  const input = { ...upload, PartNumber: number, Body: bytes };
  const purpose = { ...ref, operation: "put", prepares: true, call } as const;
  const { ETag } = await s3.send("UploadPart", input, purpose);
  if (isETag(ETag)) return { ETag, PartNumber: number };
  throw unconfirmed(purpose, `it has no ETag of part ${number}`);
}

async function* partsOf(
  { first, reader }: { readonly first: Uint8Array; readonly reader: BodyReader },
  size: number | undefined,
): AsyncGenerator<Part> {
  yield { number: 1, bytes: first };
  for (let number = 2; ; number += 1) {
    const bytes = await reader.read(partBytes(number, size));
    if (bytes.byteLength === 0) return;
    yield { number, bytes };
  }
}

export function partBytes(number: number, size?: number): number {
  if (size !== undefined) return Math.max(FIRST_PART_BYTES, Math.ceil(size / (S3_PARTS_MAX - 1)));
  return FIRST_PART_BYTES * Math.ceil(number / PARTS_OF_A_SIZE);
}
