import { deleteKeys, GONE, unconfirmed } from "@keywhen/adapter-kit";
import { hasCode } from "@keywhen/core";
import {
  type DeleteResult,
  isStoreError,
  ObjectStoreError,
  type RequestOptions,
} from "@keywhen/core/store";
import { S3_DELETE_BATCH, type S3Connection } from "./s3-connection.js";
import { answerError, toStoreError } from "./store-errors.js";

// biome-ignore lint/suspicious/noControlCharactersInRegex: keys may have them
const NOT_IN_XML = /[\u0000-\u001f\u007f-\u009f\ufffe\uffff]|^\s|\s$/;

export function deleteObjects(
  s3: S3Connection,
  bucket: string,
  keys: readonly string[],
  call?: RequestOptions,
): Promise<readonly DeleteResult[]> {
  const rules = { batchSize: S3_DELETE_BATCH, nameProblem: s3.nameProblem };
  return deleteKeys(bucket, keys, rules, async (possible, results) => {
    const inXml = [...possible].filter((key) => !NOT_IN_XML.test(key));
    await deleteBatch(s3, bucket, inXml, { results, call });
    if (inXml.length === possible.size) return;
    for (const key of possible) {
      if (NOT_IN_XML.test(key)) results.set(key, await deleteOne(s3, bucket, key, call));
    }
  });
}

interface Deleting {
  readonly results: Map<string, DeleteResult>;
  readonly call: RequestOptions | undefined;
}

/** A key that the answer does not name gets no result. */
async function deleteBatch(
  s3: S3Connection,
  bucket: string,
  keys: readonly string[],
  { results, call }: Deleting,
): Promise<void> {
  if (keys.length === 0) return;
  const Objects = keys.map((Key) => ({ Key }));
  const input = { Bucket: bucket, Delete: { Objects, Quiet: false as const } };
  const purpose = { operation: "delete", bucket, call } as const;
  const { Deleted = [], Errors = [] } = await s3.send("DeleteObjects", input, purpose);
  if (Deleted.length + Errors.length === 0) throw unconfirmed(purpose, "it names no key");
  const asked = new Set(keys);
  const unknown = [...Deleted, ...Errors].find(({ Key = "" }) => !asked.has(Key));
  if (unknown !== undefined) {
    throw unconfirmed(purpose, `it names a key that was not to be deleted, ${unknown.Key}`);
  }
  for (const { Key = "" } of Deleted) results.set(Key, GONE);
  for (const { Key = "", Code, Message } of Errors) {
    const isGone = Code === "NoSuchKey";
    results.set(Key, isGone ? GONE : failed(keyError(bucket, Key, Code, Message)));
  }
}

function failed(error: ObjectStoreError): DeleteResult {
  return { outcome: "failed", error };
}

function keyError(
  bucket: string,
  key: string,
  name: string | undefined,
  message = name,
): ObjectStoreError {
  if (!name) return metAnother(bucket, key);
  const cause = answerError(name, message ?? name);
  const seen = { operation: "delete", sent: true, status: 200, aborted: false } as const;
  return toStoreError({ ...seen, bucket, key, error: cause });
}

/** Ceph gives an error without a code if the key is written or deleted at the same time. */
function metAnother(bucket: string, key: string): ObjectStoreError {
  const message = "it met another write of the same key: delete it again";
  return new ObjectStoreError({ code: "conflict", operation: "delete", bucket, key, message });
}

async function deleteOne(
  s3: S3Connection,
  bucket: string,
  key: string,
  call: RequestOptions | undefined,
): Promise<DeleteResult> {
  const input = { Bucket: bucket, Key: key };
  try {
    await s3.send("DeleteObject", input, { operation: "delete", bucket, key, call });
    return GONE;
  } catch (error) {
    if (!isStoreError(error) || hasCode(error, "aborted", "no-such-bucket")) throw error;
    return failed(error);
  }
}
