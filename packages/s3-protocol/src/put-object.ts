import { Readable } from "node:stream";
import {
  type BodyReader,
  checkName,
  FIRST_PART_BYTES,
  notStored,
  putBody,
  writtenAs,
} from "@keywhen/adapter-kit";
import type {
  Body,
  ObjectRef,
  PutCondition,
  PutOptions,
  PutResult,
  RequestOptions,
} from "@keywhen/core/store";
import { conditionInput, headersInput } from "./inputs.js";
import { S3_SINGLE_MAX_BYTES, type S3Connection } from "./s3-connection.js";
import type { PutObjectInput, S3Operations } from "./s3-operations.js";
import { s3CodeOf } from "./store-errors.js";
import { uploadInParts } from "./upload-in-parts.js";

type Options = PutOptions & RequestOptions;

export async function putObject(
  s3: S3Connection,
  ref: ObjectRef,
  body: Body,
  options: Options = {},
): Promise<PutResult> {
  checkName("put", ref, s3.nameProblem);
  return putBody(ref, body, options, {
    async bytes(bytes) {
      await checkCondition(s3, ref, options);
      return putBytes(s3, ref, bytes, options);
    },
    async stream(reader) {
      await checkCondition(s3, ref, options);
      return putStream(s3, ref, reader, options);
    },
  });
}

async function putBytes(
  s3: S3Connection,
  ref: ObjectRef,
  bytes: Uint8Array,
  options: Options,
): Promise<PutResult> {
  const input = putInput(ref, bytes, options);
  return settle(s3, ref, options.condition, () =>
    s3.send("PutObject", input, { ...ref, operation: "put", call: options }),
  );
}

/** A body of known length, or one that fits in one part, takes one request. */
async function putStream(
  s3: S3Connection,
  ref: ObjectRef,
  reader: BodyReader,
  options: Options,
): Promise<PutResult> {
  const { size } = options;
  if (size !== undefined && size > FIRST_PART_BYTES && size <= S3_SINGLE_MAX_BYTES) {
    return putKnownLength(s3, ref, reader, { ...options, size });
  }
  const first = await reader.read(FIRST_PART_BYTES + 1);
  if (first.byteLength <= FIRST_PART_BYTES) return putBytes(s3, ref, first, options);
  if (options.condition !== undefined) {
    const length = size === undefined ? "unknown length" : `${size} bytes`;
    const message = `a put with a condition must be one request, and a stream of ${length} can't be sent in one: give bytes, or the size of a shorter stream`;
    throw notStored(ref, "not-supported", message);
  }
  return uploadInParts(s3, ref, { first, reader, size }, options);
}

async function putKnownLength(
  s3: S3Connection,
  ref: ObjectRef,
  reader: BodyReader,
  options: Options & { readonly size: number },
): Promise<PutResult> {
  const broken = new AbortController();
  const body = Readable.from(reader.chunks(), { objectMode: false });
  // The SDK pipes the body and would wait forever for one that fails.
  body.once("error", (error) => broken.abort(error));
  const signal = AbortSignal.any([broken.signal, ...(options.signal ? [options.signal] : [])]);
  const input = putInput(ref, body, options);
  try {
    return await settle(s3, ref, options.condition, () =>
      s3.send("PutObject", input, { ...ref, operation: "put", call: { ...options, signal } }),
    );
  } catch (error) {
    // The body's error says: not stored. S3 waits for the end of the body, which was never sent.
    throw broken.signal.aborted && !options.signal?.aborted ? broken.signal.reason : error;
  } finally {
    body.destroy();
  }
}

function putInput(
  ref: ObjectRef,
  body: Uint8Array | Readable,
  { size, condition, ...headers }: Options,
): PutObjectInput {
  return {
    Bucket: ref.bucket,
    Key: ref.key,
    Body: body,
    ...(body instanceof Uint8Array ? {} : { ContentLength: size }),
    ...headersInput(headers),
    ...conditionInput(condition),
  };
}

async function settle(
  { versioned }: S3Connection,
  ref: ObjectRef,
  condition: PutCondition | undefined,
  send: () => Promise<S3Operations["PutObject"]["output"]>,
): Promise<PutResult> {
  try {
    const { ETag, VersionId } = await send();
    if (condition !== undefined) versioned?.checkAnswer(ref, VersionId);
    return writtenAs(ref, ETag);
  } catch (error) {
    const s3Code = s3CodeOf(error);
    if (condition?.if === "absent" && s3Code === "PreconditionFailed") return { outcome: "exists" };
    const isChanged = s3Code === "PreconditionFailed" || s3Code === "NoSuchKey";
    if (condition?.if === "version" && isChanged) return { outcome: "changed" };
    throw error;
  }
}

/** An ignored condition looks like success. */
async function checkCondition(
  { conditions, versioned }: S3Connection,
  ref: ObjectRef,
  { condition, ...call }: Options,
): Promise<void> {
  if (condition === undefined) return;
  const isHonored = condition.if === "absent" ? conditions.putIfAbsent : conditions.putIfVersion;
  if (isHonored) return versioned?.check(ref, call);
  const message = `the store is not known to honor the condition "${condition.if}" of a put: set service, or set conditionalPut once keywhen doctor --probe has proved that it works`;
  throw notStored(ref, "not-supported", message);
}
