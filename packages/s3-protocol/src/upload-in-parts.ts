import {
  isETag,
  type PartLimits,
  type StreamBody,
  sendInParts,
  unconfirmed,
  writtenAs,
} from "@keywhen/adapter-kit";
import type { ObjectRef, PutOptions, PutResult, RequestOptions } from "@keywhen/core/store";
import { describeObject } from "./get-object.js";
import { headersInput } from "./inputs.js";
import { multipartUpload } from "./multipart-upload.js";
import { S3_PARTS_MAX, type S3Connection } from "./s3-connection.js";
import type { CompletedPart, UploadPlace } from "./s3-operations.js";

/** Over 5 TB; the parts of the first 640 MB stay small. */
const LIMITS: PartLimits = { partsMax: S3_PARTS_MAX, partsOfASize: 80 };

/** Puts a stream of any length with memory for a few parts. */
export async function uploadInParts(
  s3: S3Connection,
  ref: ObjectRef,
  body: StreamBody,
  options: PutOptions & RequestOptions,
): Promise<PutResult> {
  const etag = await multipartUpload(s3, {
    operation: "put",
    target: ref,
    headers: headersInput(options),
    call: options,
    sendParts: async (upload) => {
      const sent: CompletedPart[] = [];
      await sendInParts(body, LIMITS, async ({ index, bytes }) => {
        const part = { ...upload, PartNumber: index + 1, Body: bytes };
        sent.push(await sendPart(s3, ref, part, options));
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
  part: UploadPlace & { readonly PartNumber: number; readonly Body: Uint8Array },
  call: RequestOptions,
): Promise<CompletedPart> {
  const { PartNumber } = part;
  const purpose = { ...ref, operation: "put", prepares: true, call } as const;
  const { ETag } = await s3.send("UploadPart", part, purpose);
  if (isETag(ETag)) return { ETag, PartNumber };
  throw unconfirmed(purpose, `it has no ETag of part ${PartNumber}`);
}
