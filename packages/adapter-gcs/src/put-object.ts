import { type BodyReader, checkName, notStored, putBody } from "@keywhen/adapter-kit";
import type { Body, ObjectRef, PutOptions, PutResult, RequestOptions } from "@keywhen/core/store";
import { uploadUrl } from "./api-url.js";
import type { GcsConnection } from "./gcs-connection.js";
import { multipartBody } from "./multipart-body.js";
import { nameProblem } from "./name-problem.js";
import { resourceOf } from "./object-resource.js";
import { isGeneration, outcomeOf, preconditionOf } from "./put-outcome.js";
import { UPLOAD_CHUNK_BYTES, uploadInChunks } from "./resumable-upload.js";
import { ask } from "./send-once.js";

type Options = PutOptions & RequestOptions;

const CHANGED: PutResult = { outcome: "changed" };

export async function putObject(
  gcs: GcsConnection,
  ref: ObjectRef,
  body: Body,
  options: Options = {},
): Promise<PutResult> {
  checkName("put", ref, nameProblem);
  const { condition } = options;
  // No object has such a version.
  const isImpossible = condition?.if === "version" && !isGeneration(condition);
  return putBody(ref, body, options, {
    async bytes(bytes) {
      if (isImpossible) return CHANGED;
      return putAtOnce(gcs, ref, { media: [bytes], length: bytes.byteLength }, options);
    },
    stream: async (reader) => (isImpossible ? CHANGED : putStream(gcs, ref, reader, options)),
  });
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
    throw notStored(ref, "not-supported", message);
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
