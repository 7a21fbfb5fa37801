import { type BodyReader, bodyReader } from "@keywhen/adapter-kit";
import {
  type Body,
  type ObjectRef,
  ObjectStoreError,
  type PutOptions,
  type PutResult,
  type StoreCall,
  type StoreErrorCode,
} from "@keywhen/core/store";
import { uploadUrl } from "./api-url.js";
import { checkName } from "./check-name.js";
import type { GcsConnection } from "./gcs-connection.js";
import { multipartBody } from "./multipart-body.js";
import { resourceOf } from "./object-resource.js";
import { isGeneration, outcomeOf, preconditionOf } from "./put-outcome.js";
import { UPLOAD_CHUNK_BYTES, uploadInChunks } from "./resumable-upload.js";
import { ask } from "./send-once.js";

type Options = PutOptions & StoreCall;

export async function putObject(
  gcs: GcsConnection,
  ref: ObjectRef,
  body: Body,
  options: Options = {},
): Promise<PutResult> {
  checkName("put", ref);
  const { signal, condition, size } = options;
  if (signal?.aborted) throw refusal(ref, "aborted", "aborted", signal.reason);
  if (body instanceof Uint8Array) {
    checkSize(ref, body, size);
    // No object has such a version.
    if (condition?.if === "version" && !isGeneration(condition)) return { outcome: "changed" };
    return putAtOnce(gcs, ref, { media: [body], length: body.byteLength }, options);
  }
  const reader = bodyReader(ref, body, options);
  try {
    if (condition?.if === "version" && !isGeneration(condition)) return { outcome: "changed" };
    return await putStream(gcs, ref, reader, options);
  } finally {
    await reader.cancel();
  }
}

/** A known length goes in one request, as does what fits in one chunk; the rest in chunks. */
async function putStream(
  gcs: GcsConnection,
  ref: ObjectRef,
  reader: BodyReader,
  options: Options,
): Promise<PutResult> {
  const { size, condition } = options;
  if (size !== undefined && size > UPLOAD_CHUNK_BYTES) {
    return putAtOnce(gcs, ref, { media: reader.chunks(), length: size }, options);
  }
  const first = await reader.read(UPLOAD_CHUNK_BYTES);
  const second = await reader.read(UPLOAD_CHUNK_BYTES);
  if (second.byteLength === 0) {
    return putAtOnce(gcs, ref, { media: [first], length: first.byteLength }, options);
  }
  if (condition !== undefined) {
    const message = "a put with a condition is one request: a stream of unknown length can't be";
    throw refusal(ref, "not-supported", message);
  }
  return uploadInChunks(gcs, ref, { first, second, reader }, options);
}

interface Media {
  readonly media: readonly Uint8Array[] | AsyncIterable<Uint8Array>;
  readonly length: number;
}

/** One request, so whole or not at all. */
async function putAtOnce(
  gcs: GcsConnection,
  ref: ObjectRef,
  media: Media,
  options: Options,
): Promise<PutResult> {
  const url = uploadUrl(gcs, ref.bucket, {
    uploadType: "multipart",
    name: ref.key,
    ...preconditionOf(options.condition),
  });
  const request = { method: "POST", url, ...multipartBody(resourceOf(options), media) } as const;
  const answer = await ask(gcs, request, { ...ref, operation: "put", call: options });
  return outcomeOf(answer, options.condition);
}

function checkSize(ref: ObjectRef, bytes: Uint8Array, size = bytes.byteLength): void {
  if (size === bytes.byteLength) return;
  const message = `the body has ${bytes.byteLength} bytes, not the ${size} of its size`;
  throw refusal(ref, "unexpected", message);
}

function refusal(ref: ObjectRef, code: StoreErrorCode, message: string, cause?: unknown) {
  return new ObjectStoreError({ ...ref, code, operation: "put", message, cause, undecided: false });
}
