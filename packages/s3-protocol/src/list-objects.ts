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
  while (answer.IsTruncated && !answer.Contents?.length && answer.NextContinuationToken) {
    answer = await ask(s3, page, purpose, answer.NextContinuationToken);
  }
  const objects = objectsIn(page.bucket, answer);
  return { objects, more: answer.IsTruncated === true && objects.length > 0 };
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
  return s3.send("ListObjectsV2", input, { ...purpose, kind: "list" });
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

function unordered(bucket: string): ObjectStoreError {
  const message = "a directory bucket (S3 Express) lists in no order, so it can't hold a schedule";
  return new ObjectStoreError({ code: "not-supported", operation: "list", bucket, message });
}
