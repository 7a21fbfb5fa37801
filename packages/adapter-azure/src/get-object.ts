import { Readable } from "node:stream";
import type { BlobGetPropertiesResponse } from "@azure/storage-blob";
import { openBody } from "@keywhen/adapter-kit";
import type { ObjectInfo, ObjectRef, OpenObject, StoreCall } from "@keywhen/core/store";
import type { AzureConnection } from "./azure-connection.js";
import { blobOf } from "./blob-of.js";
import { checkName } from "./check-name.js";
import { objectInfo } from "./object-info.js";
import type { Purpose } from "./send-once.js";
import { isMissing, toStoreError } from "./store-errors.js";

export async function headObject(
  azure: AzureConnection,
  ref: ObjectRef,
  call?: StoreCall,
): Promise<ObjectInfo | undefined> {
  checkName("head", ref, azure.limits);
  const described = await describeObject(azure, ref, { operation: "head", call });
  return described && objectInfo(described, { ...ref, operation: "head" });
}

export async function describeObject(
  azure: AzureConnection,
  ref: ObjectRef,
  purpose: Pick<Purpose, "operation" | "call" | "prepares">,
): Promise<BlobGetPropertiesResponse | undefined> {
  try {
    return await azure.send({ ...ref, ...purpose, kind: "head" }, (service, abort) =>
      blobOf(service, ref).getProperties(abort),
    );
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export async function getObject(
  azure: AzureConnection,
  ref: ObjectRef,
  call?: StoreCall,
): Promise<OpenObject | undefined> {
  checkName("get", ref, azure.limits);
  try {
    const opened = await azure.send({ ...ref, operation: "get", call }, (service, abort) =>
      // A body that breaks off is not asked for again: who reads it knows if that is of use.
      blobOf(service, ref).download(0, undefined, {
        maxRetryRequests: 0,
        ...abort,
      }),
    );
    const body = bodyOf(ref, opened.readableStreamBody, call?.signal);
    try {
      return { ...objectInfo(opened, { ...ref, operation: "get" }), body };
    } catch (error) {
      await body.cancel();
      throw error;
    }
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The answer's body; one that breaks off fails with `ObjectStoreError`, `unavailable`. */
function bodyOf(
  ref: ObjectRef,
  body: NodeJS.ReadableStream | undefined,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  if (!(body instanceof Readable)) {
    throw new TypeError("the client's HTTP client gives bodies that can't be read");
  }
  return openBody(body, (error) => {
    const aborted = signal?.aborted === true;
    const seen = { operation: "get", sent: true, status: undefined, aborted } as const;
    return toStoreError({ ...ref, ...seen, error });
  });
}
