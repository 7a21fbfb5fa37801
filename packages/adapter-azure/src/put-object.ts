import {
  type BodyReader,
  checkName,
  FIRST_PART_BYTES,
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
import { type AzureConnection, blobOf } from "./azure-connection.js";
import { conditionInput, headersInput } from "./object-headers.js";
import { stageStream } from "./stage-stream.js";
import { refusalOf } from "./store-errors.js";

type Options = PutOptions & RequestOptions;

/**
 * Sends a body of up to one block in one Put Blob. A longer body is staged in blocks, which are invisible until their list is
 * committed. Either is one atomic step under one condition.
 */
export async function putObject(
  azure: AzureConnection,
  ref: ObjectRef,
  body: Body,
  options: Options = {},
): Promise<PutResult> {
  checkName("put", ref, azure.nameProblem);
  return putBody(ref, body, options, {
    bytes: (bytes) => putBytes(azure, ref, bytes, options),
    stream: (reader) => putStream(azure, ref, reader, options),
  });
}

async function putBytes(
  azure: AzureConnection,
  ref: ObjectRef,
  bytes: Uint8Array,
  options: Options,
): Promise<PutResult> {
  const { condition } = options;
  const size = bytes.byteLength;
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
  const first = await reader.read(FIRST_PART_BYTES + 1);
  if (first.byteLength <= FIRST_PART_BYTES) return putBytes(azure, ref, first, options);
  const blocks = await stageStream(azure, ref, { first, reader, size: options.size }, options);
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
    return writtenAs(ref, etag);
  } catch (error) {
    const { status, azureCode = "" } = refusalOf(error);
    const isRefused = azureCode === "BlobAlreadyExists" || azureCode === "ConditionNotMet";
    if (condition?.if === "absent" && isRefused) return { outcome: "exists" };
    const isMissing = status === 404 && azureCode === "BlobNotFound";
    if (condition?.if === "version" && (isRefused || isMissing)) return { outcome: "changed" };
    throw error;
  }
}
