import { type Copying, checkName } from "@keywhen/adapter-kit";
import { type CopyResult, ObjectStoreError } from "@keywhen/core/store";
import { carriedHeaders } from "./carried-headers.js";
import { copyInParts } from "./copy-in-parts.js";
import { confirmed, copySource } from "./copying.js";
import { describeObject } from "./get-object.js";
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

/**
 * Ceph keeps metadata as raw UTF-8, which it reads back as it came. No client can sign and send that again: the store
 * would call the signature wrong. A copy that keeps the metadata needs no such header.
 */
function checkMetadata({ target, options }: Copying): void {
  const [name] =
    Object.entries(options.metadata ?? {}).find(([, value]) => !/^[\t\x20-\x7e]*$/.test(value)) ??
    [];
  if (name === undefined) return;
  const message = `the metadata "${name}" has characters outside ASCII, which no request can carry; only a copy that keeps the metadata as it is can be made`;
  const details = {
    ...target,
    code: "not-supported",
    operation: "copy",
    undecided: false,
  } as const;
  throw new ObjectStoreError({ ...details, message });
}

async function copyWhole(
  s3: S3Connection,
  copying: Copying,
  found: ObjectDescription,
): Promise<CopyResult> {
  return copied(copying, await sendCopy(s3, copying, found));
}

/** `found`: what is known of the source, if its metadata are to be replaced. */
function sendCopy(
  s3: S3Connection,
  { source, target, options }: Copying,
  found?: ObjectDescription,
) {
  const { bucket, key } = target;
  const plain = {
    Bucket: bucket,
    Key: key,
    CopySource: copySource(source),
    MetadataDirective: "COPY" as const,
  };
  const isReplacing = found !== undefined && options.metadata !== undefined;
  const input = isReplacing
    ? {
        ...plain,
        ...carriedHeaders(found, options.metadata),
        MetadataDirective: "REPLACE" as const,
      }
    : plain;
  return s3.send("CopyObject", input, { bucket, key, operation: "copy", call: options });
}

function copied(
  copying: Copying,
  { CopyObjectResult }: S3Operations["CopyObject"]["output"],
): CopyResult {
  confirmed(copying, CopyObjectResult?.ETag);
  return { outcome: "copied" };
}

/** Some refusals mean something else than they say. */
async function afterRefusal(
  s3: S3Connection,
  copying: Copying,
  error: unknown,
): Promise<CopyResult> {
  const s3Code = s3CodeOf(error);
  if (s3Code === "NoSuchKey") return SOURCE_GONE;
  if (isAccessDenied(error) && (await isGone(s3, copying))) return SOURCE_GONE;
  // What stores say of a source over their limit, and of other things.
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

/**
 * A vanished source answers 403 to a caller who may not list it all. The list of its own key is what
 * rights that are limited to a prefix allow; if that is denied too, nobody can tell.
 */
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
