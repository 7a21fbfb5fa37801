import {
  checkBucket,
  checkPageStart,
  impossibleEntry,
  PAGE_OBJECTS,
  type Purpose,
  unconfirmed,
} from "@keywhen/adapter-kit";
import {
  type ListedObject,
  type ListPage,
  type ListRequest,
  ObjectStoreError,
  type RequestOptions,
} from "@keywhen/core/store";
import type { S3Connection } from "./s3-connection.js";
import type { ListOutput } from "./s3-operations.js";

export async function listObjects(
  s3: S3Connection,
  page: ListRequest,
  call?: RequestOptions,
): Promise<ListPage> {
  checkBucket("list", page.bucket, s3.nameProblem);
  if (page.bucket.endsWith("--x-s3")) throw unordered(page.bucket);
  const purpose = { operation: "list", bucket: page.bucket, call } as const;
  let answer = await ask(s3, page, purpose);
  // S3 may answer that there is more, and list nothing yet.
  while (answer.IsTruncated && !answer.Contents?.length) {
    if (!answer.NextContinuationToken) throw unconfirmed(purpose, ENDLESS);
    answer = await ask(s3, page, purpose, answer.NextContinuationToken);
  }
  const objects = objectsIn(page.bucket, answer);
  checkPageStart(page, objects[0]?.key);
  return { objects, more: answer.IsTruncated === true && objects.length > 0 };
}

/** Without it an empty page could be half of one. */
const WITHOUT_END = "it does not say whether the list continues (IsTruncated)";
const ENDLESS = "its list continues, but it has neither an object nor a token to continue from";

/** Keys come percent-encoded, because XML can't carry all characters of a key. */
export async function ask(
  s3: S3Connection,
  page: ListRequest,
  purpose: Purpose,
  continuation?: string,
): Promise<ListOutput> {
  const { bucket, prefix, startAfter, limit = PAGE_OBJECTS } = page;
  const input = {
    Bucket: bucket,
    Prefix: prefix || undefined,
    StartAfter: startAfter || undefined,
    MaxKeys: Math.min(limit, PAGE_OBJECTS),
    EncodingType: "url" as const,
    ContinuationToken: continuation,
  };
  const answer = await s3.send("ListObjectsV2", input, { ...purpose, kind: "list" });
  if (answer.IsTruncated === undefined) throw unconfirmed(purpose, WITHOUT_END);
  const problem = mismatch(page, answer);
  if (problem !== undefined) throw unconfirmed(purpose, `its list ${problem}`);
  return answer;
}

/** The answer may name the bucket behind an access point. */
const ALIAS = /(?:-s3alias|--ol-s3|--xa-s3|\.mrap)$/;

function mismatch(
  { bucket, prefix = "" }: ListRequest,
  { Name, Prefix, KeyCount = 0, Contents = [], EncodingType }: ListOutput,
): string | undefined {
  if (Name && Name !== bucket && !ALIAS.test(bucket)) return `is of the bucket "${Name}"`;
  // Ceph does not encode the prefix, though it encodes the keys.
  const isEncoded = EncodingType === "url" && isEncodedAs(prefix, Prefix);
  if (Prefix && Prefix !== prefix && !isEncoded) return `is of the prefix "${Prefix}"`;
  if (KeyCount <= Contents.length) return undefined;
  return `counts ${KeyCount} keys and names ${Contents.length}`;
}

function isEncodedAs(name: string, encoded = ""): boolean {
  try {
    return plainOf(encoded) === name;
  } catch (error) {
    if (error instanceof URIError) return false;
    throw error;
  }
}

function plainOf(encoded: string): string {
  return decodeURIComponent(encoded.replaceAll("+", " "));
}

export function objectsIn(bucket: string, answer: ListOutput): ListedObject[] {
  return (answer.Contents ?? []).map(({ Key, Size, LastModified }) => {
    if (Key === undefined || LastModified === undefined) throw impossibleEntry(bucket, Key);
    const key = answer.EncodingType === "url" ? decoded(bucket, Key) : Key;
    if (Size !== undefined && !(Number.isSafeInteger(Size) && Size >= 0)) {
      throw impossibleEntry(bucket, `${Key} of ${Size} bytes`);
    }
    return { key, size: Size ?? 0, lastModified: LastModified };
  });
}

function decoded(bucket: string, key: string): string {
  try {
    return plainOf(key);
  } catch {
    throw impossibleEntry(bucket, key);
  }
}

function unordered(bucket: string): ObjectStoreError {
  const message =
    "a directory bucket (S3 Express) does not list keys in order: use a general purpose bucket for the schedule";
  return new ObjectStoreError({ code: "not-supported", operation: "list", bucket, message });
}
