import { type BodyReader, checkName, notStored, putBody } from "@keywhen/adapter-kit";
import type { Body, ObjectRef, PutOptions, PutResult, RequestOptions } from "@keywhen/core/store";
import { type GcsConnection, uploadUrl } from "./gcs-connection.js";
import { nameProblem } from "./name-problem.js";
import { isGeneration, outcomeOf, preconditionOf, resourceOf } from "./object-resource.js";
import { type Media, multipartBody } from "./request-body.js";
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

/** Sends a body of known length, or one that fits in one chunk, in one request, and any other in chunks. */
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
    const message =
      "a put with a condition must be one request, and a stream of unknown length can't be sent in one: give its size, or bytes";
    throw notStored(ref, "not-supported", message);
  }
  return uploadInChunks(gcs, ref, { first, second, reader }, options);
}

/** Sends one request, which stores all or nothing. */
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
