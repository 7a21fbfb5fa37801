import type { Readable } from "node:stream";

/** A subset of S3's API in its own names, so that an SDK's commands fit unchanged. Stores may leave out any field of an output. */
export interface S3Operations {
  PutObject: {
    input: PutObjectInput;
    output: { ETag?: string | undefined; VersionId?: string | undefined };
  };
  HeadObject: { input: ObjectPlace; output: ObjectDescription };
  /** Node's `Readable`, a web stream, or missing for an empty body. */
  GetObject: { input: ObjectPlace; output: ObjectDescription & { Body?: unknown } };
  GetObjectTagging: { input: ObjectPlace; output: { TagSet?: Tag[] | undefined } };
  ListObjectsV2: { input: ListInput; output: ListOutput };
  CopyObject: {
    input: CopyInput;
    output: { CopyObjectResult?: { ETag?: string | undefined } | undefined };
  };
  DeleteObject: { input: ObjectPlace; output: object };
  DeleteObjects: { input: DeleteInput; output: DeleteOutput };
  CreateMultipartUpload: {
    input: ObjectPlace & CarriedHeaders & { Tagging?: string | undefined };
    output: { UploadId?: string | undefined };
  };
  UploadPart: {
    input: UploadPlace & { PartNumber: number; Body: Uint8Array };
    output: { ETag?: string | undefined };
  };
  UploadPartCopy: {
    input: UploadPlace & PartCopyInput;
    output: { CopyPartResult?: { ETag?: string | undefined } | undefined };
  };
  CompleteMultipartUpload: {
    input: UploadPlace & { MultipartUpload: { Parts: CompletedPart[] } };
    output: { ETag?: string | undefined; Key?: string | undefined };
  };
  AbortMultipartUpload: { input: UploadPlace; output: object };
  GetBucketLifecycleConfiguration: {
    input: BucketPlace;
    output: { Rules?: LifecycleRule[] | undefined };
  };
  GetBucketVersioning: { input: BucketPlace; output: { Status?: string | undefined } };
  GetObjectLockConfiguration: {
    input: BucketPlace;
    output: { ObjectLockConfiguration?: ObjectLock | undefined };
  };
}

export type S3OperationName = keyof S3Operations;

interface BucketPlace {
  Bucket: string;
}

interface ObjectPlace extends BucketPlace {
  Key: string;
}

export interface UploadPlace extends ObjectPlace {
  UploadId: string;
}

/** A copy that replaces one must name all. */
export interface CarriedHeaders {
  ContentType?: string | undefined;
  ContentEncoding?: string | undefined;
  ContentLanguage?: string | undefined;
  ContentDisposition?: string | undefined;
  CacheControl?: string | undefined;
  Expires?: Date | undefined;
  Metadata?: Record<string, string> | undefined;
}

export interface PutObjectInput extends ObjectPlace, CarriedHeaders {
  Body: Uint8Array | Readable;
  ContentLength?: number | undefined;
  IfNoneMatch?: string | undefined;
  /** A bare ETag. */
  IfMatch?: string | undefined;
}

export interface ObjectDescription extends Omit<CarriedHeaders, "Expires"> {
  ContentLength?: number | undefined;
  LastModified?: Date | undefined;
  ETag?: string | undefined;
  ExpiresString?: string | undefined;
}

interface Tag {
  Key?: string | undefined;
  Value?: string | undefined;
}

interface ListInput {
  Bucket: string;
  Prefix?: string | undefined;
  StartAfter?: string | undefined;
  MaxKeys: number;
  EncodingType: "url";
  ContinuationToken?: string | undefined;
}

export interface ListOutput {
  Name?: string | undefined;
  Prefix?: string | undefined;
  KeyCount?: number | undefined;
  Contents?: ListedEntry[] | undefined;
  IsTruncated?: boolean | undefined;
  NextContinuationToken?: string | undefined;
  /** `url`: the keys are percent-encoded. */
  EncodingType?: string | undefined;
}

export interface ListedEntry {
  Key?: string | undefined;
  Size?: number | undefined;
  LastModified?: Date | undefined;
}

interface CopyInput extends ObjectPlace, CarriedHeaders {
  /** Percent-encoded except `/`; sent unchanged. */
  CopySource: string;
  MetadataDirective: "COPY" | "REPLACE";
}

interface PartCopyInput {
  PartNumber: number;
  CopySource: string;
  CopySourceRange: string;
  CopySourceIfMatch?: string | undefined;
}

interface DeleteInput {
  Bucket: string;
  /** Not quiet: the answer must name each deleted key. */
  Delete: { Objects: { Key: string }[]; Quiet: false };
}

export interface DeleteOutput {
  Deleted?: { Key?: string | undefined }[] | undefined;
  Errors?: DeleteFailure[] | undefined;
}

export interface DeleteFailure {
  Key?: string | undefined;
  Code?: string | undefined;
  Message?: string | undefined;
}

export interface CompletedPart {
  ETag: string;
  PartNumber: number;
}

/** As far as it can hurt or help a schedule. */
export interface LifecycleRule {
  ID?: string | undefined;
  Status?: string | undefined;
  /** Of old rules; newer ones have a filter. */
  Prefix?: string | undefined;
  Filter?: LifecycleFilter | undefined;
  Expiration?:
    | {
        ExpiredObjectDeleteMarker?: boolean | undefined;
        Days?: number | undefined;
        Date?: Date | undefined;
      }
    | undefined;
  Transitions?: object[] | undefined;
  NoncurrentVersionExpiration?: object | undefined;
}

interface LifecycleFilter {
  Prefix?: string | undefined;
  Tag?: object | undefined;
  And?: { Prefix?: string | undefined; Tags?: object[] | undefined } | undefined;
}

export interface ObjectLock {
  ObjectLockEnabled?: string | undefined;
  Rule?: { DefaultRetention?: object | undefined } | undefined;
}
