import { createHash } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import {
  type CarriedHeaders,
  escapeXml,
  type ObjectDescription,
  type S3OperationName,
  type S3Operations,
  type XmlElement,
} from "@keywhen/s3-protocol";
import {
  deletionsIn,
  lifecycleRulesIn,
  listIn,
  objectLockIn,
  tagsIn,
  textIn,
} from "./answer-xml.js";

/** A request of S3 as HTTP has it, and how its answer is read. */
export interface WireRequest<Output> {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  readonly query?: Readonly<Record<string, string | undefined>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** @default empty */
  readonly body?: Uint8Array | Readable | undefined;
  /** The body of the answer is the object's, so `output` gets it unread. */
  readonly isObject?: boolean | undefined;
  readonly output: (answer: WireAnswer) => Output;
}

interface WireAnswer {
  readonly message: IncomingMessage;
  /** The body, unless it is an object's or not one whole document. */
  readonly document: XmlElement | undefined;
}

type WireRequests = {
  readonly [N in S3OperationName]: (
    input: S3Operations[N]["input"],
  ) => WireRequest<S3Operations[N]["output"]>;
};

const etagOf = ({ message }: WireAnswer) => ({ ETag: message.headers.etag });
const nothing = () => ({});

export const WIRE_REQUESTS: WireRequests = {
  PutObject: ({ Body, ContentLength, IfNoneMatch, IfMatch, ...carried }) => ({
    method: "PUT",
    headers: {
      ...carriedHeaders(carried),
      ...defined({
        "content-length": ContentLength?.toString(),
        "if-none-match": IfNoneMatch,
        "if-match": IfMatch,
      }),
    },
    body: Body,
    output: ({ message }) => ({
      ETag: message.headers.etag,
      VersionId: message.headers["x-amz-version-id"]?.toString(),
    }),
  }),
  HeadObject: () => ({ method: "HEAD", output: ({ message }) => describedBy(message.headers) }),
  GetObject: () => ({
    method: "GET",
    isObject: true,
    output: ({ message }) => ({ ...describedBy(message.headers), Body: message }),
  }),
  GetObjectTagging: () => ({
    method: "GET",
    query: { tagging: "" },
    output: ({ document }) => ({ TagSet: tagsIn(document) }),
  }),
  ListObjectsV2: (page) => ({
    method: "GET",
    query: {
      "list-type": "2",
      "encoding-type": page.EncodingType,
      "max-keys": `${page.MaxKeys}`,
      prefix: page.Prefix ?? "",
      "start-after": page.StartAfter,
      "continuation-token": page.ContinuationToken,
    },
    output: ({ document }) => listIn(document),
  }),
  CopyObject: ({ CopySource, MetadataDirective, ...carried }) => ({
    method: "PUT",
    headers: {
      ...carriedHeaders(carried),
      "x-amz-copy-source": CopySource,
      "x-amz-metadata-directive": MetadataDirective,
    },
    output: ({ document }) => ({ CopyObjectResult: { ETag: textIn(document, "ETag") } }),
  }),
  DeleteObject: () => ({ method: "DELETE", output: nothing }),
  DeleteObjects: ({ Delete }) => {
    const body = Buffer.from(deletionXml(Delete.Objects.map(({ Key }) => Key)));
    return {
      method: "POST",
      query: { delete: "" },
      headers: { "content-md5": createHash("md5").update(body).digest("base64") },
      body,
      output: ({ document }) => deletionsIn(document),
    };
  },
  CreateMultipartUpload: ({ Tagging, ...carried }) => ({
    method: "POST",
    query: { uploads: "" },
    headers: { ...carriedHeaders(carried), ...defined({ "x-amz-tagging": Tagging }) },
    output: ({ document }) => ({ UploadId: textIn(document, "UploadId") }),
  }),
  UploadPart: ({ PartNumber, UploadId, Body }) => ({
    method: "PUT",
    query: { partNumber: `${PartNumber}`, uploadId: UploadId },
    body: Body,
    output: etagOf,
  }),
  UploadPartCopy: (part) => ({
    method: "PUT",
    query: { partNumber: `${part.PartNumber}`, uploadId: part.UploadId },
    headers: defined({
      "x-amz-copy-source": part.CopySource,
      "x-amz-copy-source-range": part.CopySourceRange,
      "x-amz-copy-source-if-match": part.CopySourceIfMatch,
    }),
    output: ({ document }) => ({ CopyPartResult: { ETag: textIn(document, "ETag") } }),
  }),
  CompleteMultipartUpload: ({ UploadId, MultipartUpload }) => ({
    method: "POST",
    query: { uploadId: UploadId },
    body: Buffer.from(completionXml(MultipartUpload.Parts)),
    output: ({ document }) => ({ ETag: textIn(document, "ETag"), Key: textIn(document, "Key") }),
  }),
  GetBucketLifecycleConfiguration: () => ({
    method: "GET",
    query: { lifecycle: "" },
    output: ({ document }) => ({ Rules: lifecycleRulesIn(document) }),
  }),
  GetBucketVersioning: () => ({
    method: "GET",
    query: { versioning: "" },
    output: ({ document }) => ({ Status: textIn(document, "Status") }),
  }),
  GetObjectLockConfiguration: () => ({
    method: "GET",
    query: { "object-lock": "" },
    output: ({ document }) => ({ ObjectLockConfiguration: objectLockIn(document) }),
  }),
  AbortMultipartUpload: ({ UploadId }) => ({
    method: "DELETE",
    query: { uploadId: UploadId },
    output: nothing,
  }),
};

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** The body of a DeleteObjects request, whose answer names every key. */
function deletionXml(keys: readonly string[]): string {
  const objects = keys.map((key) => `<Object><Key>${escapeXml(key)}</Key></Object>`);
  return `<Delete xmlns="${NAMESPACE}"><Quiet>false</Quiet>${objects.join("")}</Delete>`;
}

/** The parts of an object, in ascending order. */
function completionXml(
  parts: S3Operations["CompleteMultipartUpload"]["input"]["MultipartUpload"]["Parts"],
): string {
  const listed = parts.map(({ PartNumber, ETag }) => {
    const etag = escapeXml(ETag);
    return `<Part><PartNumber>${PartNumber}</PartNumber><ETag>${etag}</ETag></Part>`;
  });
  return `<CompleteMultipartUpload xmlns="${NAMESPACE}">${listed.join("")}</CompleteMultipartUpload>`;
}

const META = "x-amz-meta-";

type Headers = Record<string, string>;

/** The headers that have a value. */
function defined(headers: Readonly<Record<string, string | undefined>>): Headers {
  const present: Headers = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) present[name] = value;
  }
  return present;
}

/** The headers of an object that is written. */
function carriedHeaders(carried: CarriedHeaders): Headers {
  const metadata = Object.entries(carried.Metadata ?? {});
  return defined({
    "content-type": carried.ContentType,
    "content-encoding": carried.ContentEncoding,
    "content-language": carried.ContentLanguage,
    "content-disposition": carried.ContentDisposition,
    "cache-control": carried.CacheControl,
    expires: carried.Expires?.toUTCString(),
    // HTTP drops the space around a value, which the signature would contain.
    ...Object.fromEntries(metadata.map(([name, value]) => [META + name, value.trim()])),
  });
}

/** The description of an object by the headers of an answer. */
function describedBy(headers: IncomingHttpHeaders): ObjectDescription {
  const lastModified = new Date(headers["last-modified"] ?? "");
  return {
    ContentLength: Number(headers["content-length"] ?? 0),
    LastModified: Number.isNaN(lastModified.getTime()) ? undefined : lastModified,
    ETag: headers.etag,
    ContentType: headers["content-type"],
    ContentEncoding: headers["content-encoding"],
    ContentLanguage: headers["content-language"],
    ContentDisposition: headers["content-disposition"],
    CacheControl: headers["cache-control"],
    ExpiresString: headers.expires,
    Metadata: metadataIn(headers),
  };
}

function metadataIn(headers: IncomingHttpHeaders): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(META) && typeof value === "string")
      metadata[name.slice(META.length)] = value;
  }
  return metadata;
}
