import { type BodyReader, bodyReader } from "@keywhen/adapter-kit";
import {
  type Body,
  type ObjectRef,
  ObjectStoreError,
  type PutCondition,
  type PutOptions,
  type PutResult,
  type StoreCall,
  type StoreErrorCode,
} from "@keywhen/core/store";
import type { AzureConnection } from "./azure-connection.js";
import { blobOf } from "./blob-of.js";
import { checkName } from "./check-name.js";
import { bareETag } from "./object-info.js";
import { conditionInput, headersInput } from "./put-input.js";
import { FIRST_BLOCK_BYTES, stageStream } from "./stage-stream.js";
import { refusalOf } from "./store-errors.js";

type Options = PutOptions & StoreCall;

/**
 * Up to one block goes in one Put Blob; more is staged in blocks, which nobody sees until the list of them
 * is committed. Either is one atomic step under one condition.
 */
export async function putObject(
  azure: AzureConnection,
  ref: ObjectRef,
  body: Body,
  options: Options = {},
): Promise<PutResult> {
  checkName("put", ref, azure.limits);
  if (options.signal?.aborted) throw refused(ref, "aborted", "aborted", options.signal.reason);
  if (body instanceof Uint8Array) return putBytes(azure, ref, body, options);
  const reader = bodyReader(ref, body, options);
  try {
    return await putStream(azure, ref, reader, options);
  } finally {
    await reader.cancel();
  }
}

async function putBytes(
  azure: AzureConnection,
  ref: ObjectRef,
  bytes: Uint8Array,
  options: Options,
): Promise<PutResult> {
  const { size = bytes.byteLength, condition } = options;
  if (size !== bytes.byteLength) {
    const message = `the body has ${bytes.byteLength} bytes, not the ${size} of its size`;
    throw refused(ref, "unexpected", message);
  }
  return settle(ref, condition, () =>
    azure.send({ ...ref, operation: "put", call: options }, (service, abort) =>
      blobOf(service, ref).upload(Buffer.from(bytes.buffer, bytes.byteOffset, size), size, {
        ...headersInput(options),
        conditions: conditionInput(condition),
        ...abort,
      }),
    ),
  );
}

async function putStream(
  azure: AzureConnection,
  ref: ObjectRef,
  reader: BodyReader,
  options: Options,
): Promise<PutResult> {
  const first = await reader.read(FIRST_BLOCK_BYTES + 1);
  if (first.byteLength <= FIRST_BLOCK_BYTES) return putBytes(azure, ref, first, options);
  const blocks = await stageStream(azure, ref, { first, reader }, options);
  const { condition } = options;
  return settle(ref, condition, () =>
    azure.send({ ...ref, operation: "put", call: options }, (service, abort) =>
      blobOf(service, ref).commitBlockList(blocks, {
        ...headersInput(options),
        conditions: conditionInput(condition),
        ...abort,
      }),
    ),
  );
}

/** A lost race is a result. */
async function settle(
  ref: ObjectRef,
  condition: PutCondition | undefined,
  send: () => Promise<{ readonly etag?: string | undefined }>,
): Promise<PutResult> {
  try {
    const { etag } = await send();
    if (etag) return { outcome: "written", version: bareETag(etag) };
  } catch (error) {
    const { status, azureCode = "" } = refusalOf(error);
    const isRefused = azureCode === "BlobAlreadyExists" || azureCode === "ConditionNotMet";
    if (condition?.if === "absent" && isRefused) return { outcome: "exists" };
    const isMissing = status === 404 && azureCode === "BlobNotFound";
    if (condition?.if === "version" && (isRefused || isMissing)) return { outcome: "changed" };
    throw error;
  }
  const message = "the answer has no ETag";
  throw new ObjectStoreError({ ...ref, code: "unexpected", operation: "put", message });
}

function refused(ref: ObjectRef, code: StoreErrorCode, message: string, cause?: unknown) {
  return new ObjectStoreError({ ...ref, code, operation: "put", message, cause, undecided: false });
}
