import { type GcsAnswer, GcsRefusal, json } from "./gcs-answer.js";
import type { GcsBuckets } from "./gcs-buckets.js";
import { attributesIn, type GcsAttributes, objectResource } from "./gcs-object.js";
import { checkPreconditions } from "./gcs-preconditions.js";
import { type GcsRequest, jsonBody, textOf } from "./gcs-request.js";
import { multipartIn } from "./multipart-in.js";

/** An object to be written. */
export interface GcsUpload {
  readonly bucket: string;
  readonly name: string;
  readonly attributes: GcsAttributes;
  /** With the preconditions. */
  readonly query: URLSearchParams;
}

/** Objects: insert with `uploadType=media` or `multipart`: one request. */
export function uploadAtOnce(buckets: GcsBuckets, bucket: string, request: GcsRequest): GcsAnswer {
  const isMultipart = request.query.get("uploadType") === "multipart";
  const { resource, media, mediaType } = isMultipart
    ? multipartIn(request)
    : { resource: {}, media: request.body, mediaType: request.headers["content-type"] };
  const upload = uploadOf(bucket, request, resource, mediaType);
  return json(objectResource(store(buckets, upload, media)));
}

function uploadOf(
  bucket: string,
  { query }: GcsRequest,
  resource: Readonly<Record<string, unknown>>,
  mediaType: string | undefined,
): GcsUpload {
  const name = query.get("name") ?? textOf(resource["name"]);
  if (name === undefined) throw new GcsRefusal(400, "required", "Required parameter: name");
  const given = attributesIn(resource);
  const contentType = given.contentType ?? mediaType ?? "application/octet-stream";
  const contentEncoding = given.contentEncoding ?? query.get("contentEncoding") ?? undefined;
  return { bucket, name, attributes: { ...given, contentType, contentEncoding }, query };
}

/** The resource that opens a resumable upload. */
export function resumableUploadOf(bucket: string, request: GcsRequest): GcsUpload {
  const mediaType = request.headers["x-upload-content-type"];
  return uploadOf(bucket, request, jsonBody(request.body), mediaType);
}

/** The condition and the write are one step: nothing else runs in between. */
export function store(buckets: GcsBuckets, upload: GcsUpload, media: Buffer) {
  const { bucket, name, attributes, query } = upload;
  buckets.check(bucket);
  checkPreconditions(query, buckets.find(bucket, name));
  return buckets.write(bucket, name, Buffer.from(media), attributes);
}
