import { hasCode } from "@keywhen/core";
import {
  type DeleteResult,
  isStoreError,
  ObjectStoreError,
  type StoreCall,
} from "@keywhen/core/store";
import { answerError } from "./answer-error.js";
import { checkBucket, checkName } from "./check-name.js";
import type { S3Connection } from "./s3-connection.js";
import { S3_DELETE_BATCH } from "./s3-limits.js";
import { toStoreError } from "./store-errors.js";

/** What XML can't carry, or changes on the way. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NOT_IN_XML = /[\u0000-\u001f\u007f-\u009f\ufffe\uffff]|^\s|\s$/;

const GONE: DeleteResult = { outcome: "gone" };

export async function deleteObjects(
  s3: S3Connection,
  bucket: string,
  keys: readonly string[],
  call?: StoreCall,
): Promise<readonly DeleteResult[]> {
  checkBucket("delete", bucket, s3.names);
  if (keys.length > S3_DELETE_BATCH) throw tooMany(bucket, keys.length);
  const failed = new Map<string, ObjectStoreError>();
  const possible = keys.filter((key) => isPossible(s3, bucket, key, failed));
  await deleteBatch(
    s3,
    bucket,
    possible.filter((key) => !NOT_IN_XML.test(key)),
    { failed, call },
  );
  for (const key of possible.filter((one) => NOT_IN_XML.test(one))) {
    await deleteOne(s3, bucket, key, { failed, call });
  }
  return keys.map((key) => {
    const error = failed.get(key);
    return error === undefined ? GONE : { outcome: "failed", error };
  });
}

interface Deleting {
  readonly failed: Map<string, ObjectStoreError>;
  readonly call: StoreCall | undefined;
}

function isPossible(
  s3: S3Connection,
  bucket: string,
  key: string,
  failed: Map<string, ObjectStoreError>,
): boolean {
  try {
    checkName("delete", { bucket, key }, s3.names);
    return true;
  } catch (error) {
    if (!isStoreError(error)) throw error;
    failed.set(key, error);
    return false;
  }
}

/** One request; a key that its answer doesn't name has failed, for nobody knows what became of it. */
async function deleteBatch(
  s3: S3Connection,
  bucket: string,
  keys: readonly string[],
  { failed, call }: Deleting,
): Promise<void> {
  if (keys.length === 0) return;
  const Objects = keys.map((Key) => ({ Key }));
  const input = { Bucket: bucket, Delete: { Objects, Quiet: false as const } };
  const { Deleted = [], Errors = [] } = await s3.send("DeleteObjects", input, {
    operation: "delete",
    bucket,
    call,
  });
  const unanswered = new Set(keys);
  const answer = (key: string) => {
    if (!unanswered.delete(key) && !keys.includes(key)) throw unknownKey(bucket, key);
  };
  for (const { Key = "", Code, Message } of Errors) {
    answer(Key);
    if (Code !== "NoSuchKey") failed.set(Key, keyError(bucket, Key, Code, Message));
  }
  for (const { Key = "" } of Deleted) answer(Key);
  if (unanswered.size === keys.length) throw unconfirmed(bucket, undefined);
  for (const key of unanswered) failed.set(key, unconfirmed(bucket, key));
}

function unconfirmed(bucket: string, key: string | undefined): ObjectStoreError {
  const what = key === undefined ? "none of the keys that were" : "a key that was";
  const message = `the answer does not confirm the delete: it does not name ${what} to be deleted`;
  return new ObjectStoreError({ code: "unexpected", operation: "delete", bucket, key, message });
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
  { failed, call }: Deleting,
): Promise<void> {
  const input = { Bucket: bucket, Key: key };
  try {
    await s3.send("DeleteObject", input, { operation: "delete", bucket, key, call });
  } catch (error) {
    if (!isStoreError(error) || hasCode(error, "aborted", "no-such-bucket")) throw error;
    failed.set(key, error);
  }
}

function tooMany(bucket: string, count: number): ObjectStoreError {
  const message = `${count} keys at once; the limit is ${S3_DELETE_BATCH}`;
  return new ObjectStoreError({ code: "not-supported", operation: "delete", bucket, message });
}

function unknownKey(bucket: string, key: string): ObjectStoreError {
  const message = `the answer tells of a key that was not asked for: ${key}`;
  return new ObjectStoreError({ code: "unexpected", operation: "delete", bucket, message });
}
