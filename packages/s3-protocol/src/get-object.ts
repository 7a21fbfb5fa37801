import { Readable } from "node:stream";
import { checkName, describedBy, openBody, openObject, type Purpose } from "@keywhen/adapter-kit";
import type { ObjectInfo, ObjectRef, OpenObject, RequestOptions } from "@keywhen/core/store";
import type { S3Connection } from "./s3-connection.js";
import type { ObjectDescription } from "./s3-operations.js";
import { s3CodeOf, toStoreError } from "./store-errors.js";

export async function headObject(
  s3: S3Connection,
  ref: ObjectRef,
  call?: RequestOptions,
): Promise<ObjectInfo | undefined> {
  checkName("head", ref, s3.nameProblem);
  const described = await describeObject(s3, ref, { operation: "head", call });
  return described && objectInfo(described, { ...ref, operation: "head", call });
}

/** HEAD's answers have no body: a missing object and a missing bucket look the same. */
export async function describeObject(
  s3: S3Connection,
  ref: ObjectRef,
  purpose: Pick<Purpose, "operation" | "call" | "prepares">,
): Promise<ObjectDescription | undefined> {
  const input = { Bucket: ref.bucket, Key: ref.key };
  const asked = { ...ref, ...purpose, kind: "head" } as const;
  try {
    const described = await s3.send("HeadObject", input, asked);
    objectInfo(described, asked);
    return described;
  } catch (error) {
    if (s3CodeOf(error) === "NotFound") return undefined;
    throw error;
  }
}

export async function getObject(
  s3: S3Connection,
  ref: ObjectRef,
  call?: RequestOptions,
): Promise<OpenObject | undefined> {
  checkName("get", ref, s3.nameProblem);
  const input = { Bucket: ref.bucket, Key: ref.key };
  try {
    const purpose = { ...ref, operation: "get", call } as const;
    const opened = await s3.send("GetObject", input, purpose);
    const body = openBody(ref, readableOf(opened.Body), call?.signal, toStoreError);
    return await openObject(body, () => objectInfo(opened, purpose));
  } catch (error) {
    if (s3CodeOf(error) === "NoSuchKey") return undefined;
    throw error;
  }
}

function objectInfo(described: ObjectDescription, purpose: Purpose): ObjectInfo {
  const { ETag: etag, LastModified: lastModified } = described;
  return {
    ...describedBy({ etag, lastModified }, purpose),
    size: described.ContentLength ?? 0,
    contentType: described.ContentType,
    contentEncoding: described.ContentEncoding,
    cacheControl: described.CacheControl,
    metadata: { ...described.Metadata },
  };
}

/** Node's handlers return a Readable, handlers made on `fetch` a web stream. */
function readableOf(body: unknown): Readable {
  if (body instanceof Readable) return body;
  if (body instanceof ReadableStream) return Readable.from(body);
  throw new TypeError(
    "the client's request handler returns a body that can't be read: use one of the SDK",
  );
}
