import { type Copying, checkName } from "@keywhen/adapter-kit";
import { type CopyResult, ObjectStoreError } from "@keywhen/core/store";
import { confirmed, copyInParts } from "./copy-in-parts.js";
import { describeObject } from "./get-object.js";
import { carriedHeaders, copySource } from "./inputs.js";
import { ask, objectsIn } from "./list-objects.js";
import type { S3Connection } from "./s3-connection.js";
import type { ObjectDescription, S3Operations } from "./s3-operations.js";
import { isAccessDenied, s3CodeOf } from "./store-errors.js";

const SOURCE_GONE: CopyResult = { outcome: "source-gone" };

export async function copyObject(s3: S3Connection, copying: Copying): Promise<CopyResult> {
  for (const ref of [copying.source, copying.target]) checkName("copy", ref, s3.nameProblem);
  const { size = 0, metadata } = copying.options;
  try {
    if (size <= s3.singleCopyMaxBytes && metadata === undefined)
      return copied(copying, await sendCopy(s3, copying));
    const found = await describeSource(s3, copying);
    if (found === undefined) return SOURCE_GONE;
    checkMetadata(copying);
    const isLarge = (found.ContentLength ?? 0) > s3.singleCopyMaxBytes;
    return await (isLarge ? copyInParts : copyWhole)(s3, copying, found);
  } catch (error) {
    return afterRefusal(s3, copying, error);
  }
}

/** Ceph keeps metadata as raw UTF-8. No client can sign such a header again, and a copy that keeps the metadata needs none. */
function checkMetadata({ target, options }: Copying): void {
  const metadata = Object.entries(options.metadata ?? {});
  const [name] = metadata.find(([, value]) => !/^[\t\x20-\x7e]*$/.test(value)) ?? [];
  if (name === undefined) return;
  const message = `the metadata "${name}" has characters outside ASCII, which no request can carry: copy the object with unchanged metadata`;
  const details = { ...target, code: "not-supported", operation: "copy" } as const;
  throw new ObjectStoreError({ ...details, undecided: false, message });
}

async function copyWhole(
  s3: S3Connection,
  copying: Copying,
  found: ObjectDescription,
): Promise<CopyResult> {
  return copied(copying, await sendCopy(s3, copying, found));
}

function sendCopy(
  s3: S3Connection,
  { source, target, options }: Copying,
  found?: ObjectDescription,
) {
  const { bucket, key } = target;
  const plain = { Bucket: bucket, Key: key, CopySource: copySource(source) };
  const isReplacing = found !== undefined && options.metadata !== undefined;
  const headers = isReplacing ? carriedHeaders(found, options.metadata) : {};
  const MetadataDirective = isReplacing ? "REPLACE" : "COPY";
  const purpose = { bucket, key, operation: "copy", call: options } as const;
  return s3.send("CopyObject", { ...plain, ...headers, MetadataDirective }, purpose);
}

function copied(
  copying: Copying,
  { CopyObjectResult }: S3Operations["CopyObject"]["output"],
): CopyResult {
  confirmed(copying, CopyObjectResult?.ETag);
  return { outcome: "copied" };
}

async function afterRefusal(
  s3: S3Connection,
  copying: Copying,
  error: unknown,
): Promise<CopyResult> {
  const s3Code = s3CodeOf(error);
  if (s3Code === "NoSuchKey") return SOURCE_GONE;
  if (isAccessDenied(error) && (await isGone(s3, copying))) return SOURCE_GONE;
  // The codes for a source over the limit, among others.
  if (s3Code === "InvalidRequest" || s3Code === "EntityTooLarge") {
    const size = await sizeUnknownTillNow(s3, copying);
    if (size !== undefined && size > s3.singleCopyMaxBytes) {
      return copyObject(s3, { ...copying, options: { ...copying.options, size } });
    }
  }
  throw error;
}

async function sizeUnknownTillNow(s3: S3Connection, copying: Copying): Promise<number | undefined> {
  const { size = 0 } = copying.options;
  if (size > s3.singleCopyMaxBytes) return undefined;
  return (await describeSource(s3, copying))?.ContentLength;
}

function describeSource(s3: S3Connection, { source, options }: Copying) {
  return describeObject(s3, source, { operation: "copy", call: options, prepares: true });
}

/** S3 answers 403 for a missing source to a caller that may not list the whole bucket, but may list the key itself. If that is denied too, there is no way to find out. */
async function isGone(s3: S3Connection, { source, options }: Copying): Promise<boolean> {
  const page = { bucket: source.bucket, prefix: source.key, limit: 1 };
  const purpose = { operation: "copy", ...source, call: options, prepares: true } as const;
  try {
    const [first] = objectsIn(source.bucket, await ask(s3, page, purpose));
    return first?.key !== source.key;
  } catch (error) {
    if (isAccessDenied(error)) return false;
    throw error;
  }
}
