import { bareETag, type Copying, isETag, unconfirmed } from "@keywhen/adapter-kit";
import { hasCode } from "@keywhen/core";
import { withinBudget } from "@keywhen/core/internal";
import { type CopyResult, ObjectStoreError } from "@keywhen/core/store";
import { describeObject } from "./get-object.js";
import { carriedHeaders, copySource } from "./inputs.js";
import { multipartUpload } from "./multipart-upload.js";
import { S3_PARTS_MAX, type S3Connection } from "./s3-connection.js";
import type { CompletedPart, ObjectDescription, UploadPlace } from "./s3-operations.js";
import { s3CodeOf } from "./store-errors.js";

/** Copies run inside the store, so several cost this process nothing. */
const PARTS_AT_ONCE = 8;
const PART_BYTES = 134_217_728;

interface Part {
  readonly number: number;
  /** As HTTP writes it: both ends included. */
  readonly range: string;
}

/** Copies bytes only, so this carries everything else of the source along. */
export async function copyInParts(
  s3: S3Connection,
  copying: Copying,
  found: ObjectDescription,
): Promise<CopyResult> {
  try {
    return await copyEachPart(s3, copying, found);
  } catch (error) {
    if (s3CodeOf(error) === "NoSuchKey") await checkReallyGone(s3, copying, error);
    throw error;
  }
}

async function copyEachPart(
  s3: S3Connection,
  copying: Copying,
  found: ObjectDescription,
): Promise<CopyResult> {
  const { target, options } = copying;
  const tagging = await taggingOf(s3, copying);
  await multipartUpload(s3, {
    operation: "copy",
    target,
    headers: { ...carriedHeaders(found, options.metadata), Tagging: tagging },
    call: options,
    sendParts: async (upload) => {
      const copied: CompletedPart[] = [];
      const parts = copyParts(found.ContentLength ?? 0, s3.singleCopyMaxBytes);
      const budget = { budget: PARTS_AT_ONCE, weightOf: () => 1 };
      await withinBudget(parts, budget, async (part) => {
        copied.push(await copyPart(s3, copying, { upload, part, etag: found.ETag }));
      });
      return copied;
    },
  });
  return { outcome: "copied" };
}

async function copyPart(
  s3: S3Connection,
  copying: Copying,
  { upload, part, etag }: { upload: UploadPlace; part: Part; etag: string | undefined },
): Promise<CompletedPart> {
  const { source, target, options } = copying;
  const input = {
    ...upload,
    PartNumber: part.number,
    CopySource: copySource(source),
    CopySourceRange: part.range,
    // All parts must be of the same version of the source.
    CopySourceIfMatch: etag === undefined ? undefined : bareETag(etag),
  };
  const purpose = { ...target, operation: "copy", prepares: true, call: options } as const;
  const { CopyPartResult } = await s3.send("UploadPartCopy", input, purpose);
  return { ETag: confirmed(copying, CopyPartResult?.ETag), PartNumber: part.number };
}

/** Only an ETag confirms a copy: S3 can answer 200 and not have made it. */
export function confirmed({ target }: Copying, etag: string | undefined): string {
  if (isETag(etag)) return etag;
  throw unconfirmed({ ...target, operation: "copy" }, "it has no ETag");
}

/** Older Ceph decodes the source twice: it answers that a key with `%` is missing. */
async function checkReallyGone(s3: S3Connection, copying: Copying, cause: unknown): Promise<void> {
  const { source, target, options } = copying;
  const purpose = { operation: "copy", call: options, prepares: true } as const;
  if ((await describeObject(s3, source, purpose)) === undefined) return;
  const message = `the store can't copy in parts from ${source.bucket}/${source.key}, though it is there: use a source whose key has no %`;
  const details = { ...target, code: "not-supported", operation: "copy" } as const;
  throw new ObjectStoreError({ ...details, message, cause });
}

/** Each range is small enough for one copy, and S3 takes their number. */
export function* copyParts(size: number, singleCopyMaxBytes: number): Generator<Part> {
  const bytes = Math.max(Math.min(PART_BYTES, singleCopyMaxBytes), Math.ceil(size / S3_PARTS_MAX));
  for (let number = 1, start = 0; start < size; number += 1, start += bytes) {
    yield { number, range: `bytes=${start}-${Math.min(start + bytes, size) - 1}` };
  }
}

/** A query string; undefined without tags. */
async function taggingOf(
  s3: S3Connection,
  { source, options }: Copying,
): Promise<string | undefined> {
  const input = { Bucket: source.bucket, Key: source.key };
  const purpose = { ...source, operation: "copy", kind: "get", prepares: true } as const;
  try {
    const { TagSet = [] } = await s3.send("GetObjectTagging", input, { ...purpose, call: options });
    const tags = new URLSearchParams();
    for (const { Key = "", Value = "" } of TagSet) tags.append(Key, Value);
    return tags.toString() || undefined;
  } catch (error) {
    if (hasCode(error, "not-supported")) return undefined;
    throw error;
  }
}
