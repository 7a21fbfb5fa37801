import { compareByteOrder } from "@keywhen/core/adapter";
import {
  type ListedObject,
  type ListPage,
  type ListRequest,
  ObjectStoreError,
  type StoreCall,
} from "@keywhen/core/store";
import { checkBucket } from "./check-name.js";
import type { Purpose, S3Connection } from "./s3-connection.js";
import type { ListOutput } from "./s3-operations.js";

const PAGE_OBJECTS = 1_000;

export async function listObjects(
  s3: S3Connection,
  page: ListRequest,
  call?: StoreCall,
): Promise<ListPage> {
  checkBucket("list", page.bucket, s3.names);
  if (page.bucket.endsWith("--x-s3")) throw unordered(page.bucket);
  const purpose = { operation: "list", bucket: page.bucket, call } as const;
  let answer = await ask(s3, page, purpose);
  // S3 may say that there is more and give nothing yet.
  while (answer.IsTruncated && !answer.Contents?.length) {
    if (!answer.NextContinuationToken) throw endless(page.bucket);
    answer = await ask(s3, page, purpose, answer.NextContinuationToken);
  }
  const objects = objectsIn(page.bucket, answer);
  checkBegins(page, objects);
  return { objects, more: answer.IsTruncated === true && objects.length > 0 };
}

/** A page that doesn't begin after the key that was asked for would be read again and again. */
function checkBegins(
  { bucket, prefix = "", startAfter = "" }: ListRequest,
  objects: readonly ListedObject[],
): void {
  const first = objects[0]?.key;
  if (first === undefined) return;
  const isAfter = startAfter === "" || compareByteOrder(first, startAfter) > 0;
  if (isAfter && first.startsWith(prefix)) return;
  const wrong = isAfter ? `outside the prefix "${prefix}"` : `not after "${startAfter}"`;
  const message = `the page begins with "${first}", which is ${wrong}`;
  throw new ObjectStoreError({ code: "unexpected", operation: "list", bucket, message });
}

/** Keys come percent-encoded, because XML can't carry all characters that a key may have. */
export async function ask(
  s3: S3Connection,
  { bucket, prefix, startAfter, limit = PAGE_OBJECTS }: ListRequest,
  purpose: Purpose,
  continuation?: string,
): Promise<ListOutput> {
  const input = {
    Bucket: bucket,
    Prefix: prefix || undefined,
    StartAfter: startAfter || undefined,
    MaxKeys: Math.min(limit, PAGE_OBJECTS),
    EncodingType: "url" as const,
    ContinuationToken: continuation,
  };
  const answer = await s3.send("ListObjectsV2", input, { ...purpose, kind: "list" });
  if (answer.IsTruncated === undefined) throw withoutEnd(bucket, purpose);
  return answer;
}

export function objectsIn(bucket: string, answer: ListOutput): ListedObject[] {
  return (answer.Contents ?? []).map(({ Key, Size, LastModified }) => {
    if (Key === undefined || LastModified === undefined) throw senseless(bucket, Key);
    const key = answer.EncodingType === "url" ? decoded(bucket, Key) : Key;
    return { key, size: Size ?? 0, lastModified: LastModified };
  });
}

function decoded(bucket: string, key: string): string {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    throw senseless(bucket, key);
  }
}

function senseless(bucket: string, key: string | undefined): ObjectStoreError {
  const message = `the answer names an object that makes no sense: ${key}`;
  return new ObjectStoreError({ code: "unexpected", operation: "list", bucket, message });
}

/** Without this word of the store's an empty page could be half of one. */
function withoutEnd(bucket: string, { operation }: Purpose): ObjectStoreError {
  const message = "the answer does not say whether the list goes on (IsTruncated)";
  return new ObjectStoreError({ code: "unexpected", operation, bucket, undecided: false, message });
}

function endless(bucket: string): ObjectStoreError {
  const message =
    "the answer says that the list goes on, but names no object and no place to go on from";
  return new ObjectStoreError({ code: "unexpected", operation: "list", bucket, message });
}

function unordered(bucket: string): ObjectStoreError {
  const message = "a directory bucket (S3 Express) lists in no order, so it can't hold a schedule";
  return new ObjectStoreError({ code: "not-supported", operation: "list", bucket, message });
}
