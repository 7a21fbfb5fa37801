import { Readable } from "node:stream";
import type { BlobGetPropertiesResponse } from "@azure/storage-blob";
import { checkName, openBody, openObject, type Purpose } from "@keywhen/adapter-kit";
import type { ObjectInfo, ObjectRef, OpenObject, RequestOptions } from "@keywhen/core/store";
import { type AzureConnection, blobOf } from "./azure-connection.js";
import { objectInfo } from "./object-headers.js";
import { isMissing, toStoreError } from "./store-errors.js";

export async function headObject(
  azure: AzureConnection,
  ref: ObjectRef,
  call?: RequestOptions,
): Promise<ObjectInfo | undefined> {
  checkName("head", ref, azure.nameProblem);
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
  call?: RequestOptions,
): Promise<OpenObject | undefined> {
  checkName("get", ref, azure.nameProblem);
  try {
    const opened = await azure.send({ ...ref, operation: "get", call }, (service, abort) =>
      // A body that breaks off is not requested again. That is for its reader to decide.
      blobOf(service, ref).download(0, undefined, {
        maxRetryRequests: 0,
        ...abort,
      }),
    );
    const body = readableOf(opened.readableStreamBody);
    return await openObject(openBody(ref, body, call?.signal, toStoreError), () =>
      objectInfo(opened, { ...ref, operation: "get" }),
    );
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function readableOf(body: NodeJS.ReadableStream | undefined): Readable {
  if (body instanceof Readable) return body;
  throw new TypeError(
    "the client's HTTP client returns a body that can't be read: use the one of the SDK",
  );
}
