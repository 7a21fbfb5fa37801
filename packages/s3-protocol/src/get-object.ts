import type { ObjectInfo, ObjectRef, OpenObject, StoreCall } from "@keywhen/core/store";
import { answerBody } from "./answer-body.js";
import { checkName } from "./check-name.js";
import { objectInfo } from "./object-info.js";
import type { Purpose, S3Connection } from "./s3-connection.js";
import type { ObjectDescription } from "./s3-operations.js";
import { s3CodeOf } from "./store-errors.js";

export async function headObject(
  s3: S3Connection,
  ref: ObjectRef,
  call?: StoreCall,
): Promise<ObjectInfo | undefined> {
  checkName("head", ref, s3.names);
  const described = await describeObject(s3, ref, { operation: "head", call });
  return described && objectInfo(described);
}

/** HEAD's answers have no body: a missing object and a missing bucket look the same. */
export async function describeObject(
  s3: S3Connection,
  ref: ObjectRef,
  purpose: Pick<Purpose, "operation" | "call" | "prepares">,
): Promise<ObjectDescription | undefined> {
  const input = { Bucket: ref.bucket, Key: ref.key };
  try {
    return await s3.send("HeadObject", input, { ...ref, ...purpose, kind: "head" });
  } catch (error) {
    if (s3CodeOf(error) === "NotFound") return undefined;
    throw error;
  }
}

export async function getObject(
  s3: S3Connection,
  ref: ObjectRef,
  call?: StoreCall,
): Promise<OpenObject | undefined> {
  checkName("get", ref, s3.names);
  const input = { Bucket: ref.bucket, Key: ref.key };
  try {
    const opened = await s3.send("GetObject", input, { ...ref, operation: "get", call });
    return { ...objectInfo(opened), body: answerBody(ref, opened.Body, call?.signal) };
  } catch (error) {
    if (s3CodeOf(error) === "NoSuchKey") return undefined;
    throw error;
  }
}
