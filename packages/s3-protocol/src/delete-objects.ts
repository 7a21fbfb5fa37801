import { deleteKeys, GONE } from "@keywhen/adapter-kit";
import { hasCode } from "@keywhen/core";
import {
  type DeleteResult,
  isStoreError,
  ObjectStoreError,
  type RequestOptions,
} from "@keywhen/core/store";
import { answerError } from "./answer-error.js";
import type { S3Connection } from "./s3-connection.js";
import { S3_DELETE_BATCH } from "./s3-limits.js";
import { toStoreError } from "./store-errors.js";

/** What XML can't carry, or changes on the way. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
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

/** One request. A key that its answer does not name gets no result. */
async function deleteBatch(
  s3: S3Connection,
  bucket: string,
  keys: readonly string[],
  { results, call }: Deleting,
): Promise<void> {
  if (keys.length === 0) return;
  const Objects = keys.map((Key) => ({ Key }));
  const input = { Bucket: bucket, Delete: { Objects, Quiet: false as const } };
  const { Deleted = [], Errors = [] } = await s3.send("DeleteObjects", input, {
    operation: "delete",
    bucket,
    call,
  });
  if (Deleted.length + Errors.length === 0) throw unconfirmed(bucket);
  const asked = new Set(keys);
  for (const { Key = "" } of Deleted) {
    if (!asked.has(Key)) throw unknownKey(bucket, Key);
    results.set(Key, GONE);
  }
  for (const { Key = "", Code, Message } of Errors) {
    if (!asked.has(Key)) throw unknownKey(bucket, Key);
    const isGone = Code === "NoSuchKey";
    results.set(Key, isGone ? GONE : failed(keyError(bucket, Key, Code, Message)));
  }
}

function failed(error: ObjectStoreError): DeleteResult {
  return { outcome: "failed", error };
}

function unconfirmed(bucket: string): ObjectStoreError {
  const message =
    "the answer does not confirm the delete: it names none of the keys that were to be deleted";
  return new ObjectStoreError({ code: "unexpected", operation: "delete", bucket, message });
}

/** A key's own error, by the same table as an answer's. */
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

/** Ceph's gateway gives an error without a code if the same key is written or deleted at the same time. */
function metAnother(bucket: string, key: string): ObjectStoreError {
  const message = "it met another write of the same key";
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

function unknownKey(bucket: string, key: string): ObjectStoreError {
  const message = `the answer tells of a key that was not asked for: ${key}`;
  return new ObjectStoreError({ code: "unexpected", operation: "delete", bucket, message });
}
