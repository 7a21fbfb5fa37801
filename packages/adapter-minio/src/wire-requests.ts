import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import type { S3OperationName, S3Operations } from "@keywhen/s3-protocol";
import { lifecycleRulesIn, objectLockIn } from "./bucket-settings-xml.js";
import { carriedHeaders, defined, describedBy } from "./headers.js";
import { completionXml, deletionsIn, deletionXml, listIn, tagsIn } from "./s3-xml.js";
import { textOf } from "./xml.js";

/** A request of S3 as HTTP takes it, and how its answer is read. */
export interface WireRequest<Output> {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  readonly query?: Readonly<Record<string, string | undefined>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** @default empty */
  readonly body?: Uint8Array | Readable | undefined;
  /** The answer's body is the object's and left to be read; otherwise it is read before `output` is asked. */
  readonly isObject?: boolean | undefined;
  readonly output: (answer: WireAnswer) => Output;
}

interface WireAnswer {
  readonly message: IncomingMessage;
  /** The body, unless it is an object's. */
  readonly xml: string;
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
    output: ({ xml }) => ({ TagSet: tagsIn(xml) }),
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
    output: ({ xml }) => listIn(xml),
  }),
  CopyObject: ({ CopySource, MetadataDirective, ...carried }) => ({
    method: "PUT",
    headers: {
      ...carriedHeaders(carried),
      "x-amz-copy-source": CopySource,
      "x-amz-metadata-directive": MetadataDirective,
    },
    output: ({ xml }) => ({ CopyObjectResult: { ETag: textOf(xml, "ETag") } }),
  }),
  DeleteObject: () => ({ method: "DELETE", output: nothing }),
  DeleteObjects: ({ Delete }) => {
    const body = Buffer.from(deletionXml(Delete.Objects.map(({ Key }) => Key)));
    return {
      method: "POST",
      query: { delete: "" },
      headers: { "content-md5": createHash("md5").update(body).digest("base64") },
      body,
      output: ({ xml }) => deletionsIn(xml),
    };
  },
  CreateMultipartUpload: ({ Tagging, ...carried }) => ({
    method: "POST",
    query: { uploads: "" },
    headers: { ...carriedHeaders(carried), ...defined({ "x-amz-tagging": Tagging }) },
    output: ({ xml }) => ({ UploadId: textOf(xml, "UploadId") }),
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
    output: ({ xml }) => ({ CopyPartResult: { ETag: textOf(xml, "ETag") } }),
  }),
  CompleteMultipartUpload: ({ UploadId, MultipartUpload }) => ({
    method: "POST",
    query: { uploadId: UploadId },
    body: Buffer.from(completionXml(MultipartUpload.Parts)),
    output: ({ xml }) => ({ ETag: textOf(xml, "ETag"), Key: textOf(xml, "Key") }),
  }),
  GetBucketLifecycleConfiguration: () => ({
    method: "GET",
    query: { lifecycle: "" },
    output: ({ xml }) => ({ Rules: lifecycleRulesIn(xml) }),
  }),
  GetBucketVersioning: () => ({
    method: "GET",
    query: { versioning: "" },
    output: ({ xml }) => ({ Status: textOf(xml, "Status") }),
  }),
  GetObjectLockConfiguration: () => ({
    method: "GET",
    query: { "object-lock": "" },
    output: ({ xml }) => ({ ObjectLockConfiguration: objectLockIn(xml) }),
  }),
  AbortMultipartUpload: ({ UploadId }) => ({
    method: "DELETE",
    query: { uploadId: UploadId },
    output: nothing,
  }),
};
