import { checkPreconditions, type GcsBuckets } from "./gcs-buckets.js";
import { type GcsAnswer, GcsRefusal, type GcsRequest, json, jsonBody, textOf } from "./gcs-http.js";
import { attributesIn, type GcsAttributes, objectResource } from "./gcs-object.js";

export interface GcsUpload {
  readonly bucket: string;
  readonly name: string;
  readonly attributes: GcsAttributes;
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

/** Condition and write are one step. */
export function store(buckets: GcsBuckets, upload: GcsUpload, media: Buffer) {
  const { bucket, name, attributes, query } = upload;
  buckets.check(bucket);
  checkPreconditions(query, buckets.find(bucket, name));
  return buckets.write(bucket, name, Buffer.from(media), attributes);
}

interface MultipartUpload {
  readonly resource: Readonly<Record<string, unknown>>;
  readonly media: Buffer;
  readonly mediaType: string | undefined;
}

/** The object resource, then the media. */
function multipartIn({ headers, body }: GcsRequest): MultipartUpload {
  const type = headers["content-type"] ?? "";
  const boundary = /^multipart\/related;.*boundary="?([^";]+)"?/.exec(type)?.[1];
  if (boundary === undefined) throw malformed();
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const whole = Buffer.concat([Buffer.from("\r\n"), body]);
  const first = whole.indexOf(delimiter);
  const second = whole.indexOf(delimiter, first + 1);
  const end = whole.lastIndexOf(Buffer.from(`\r\n--${boundary}--`));
  if (first < 0 || second < 0 || end <= second) throw malformed();
  const resource = partIn(whole.subarray(first + delimiter.length, second));
  const media = partIn(whole.subarray(second + delimiter.length, end));
  return { resource: jsonBody(resource.body), media: media.body, mediaType: media.type };
}

function partIn(part: Buffer): { readonly type: string | undefined; readonly body: Buffer } {
  const headEnd = part.indexOf("\r\n\r\n");
  if (headEnd < 0) throw malformed();
  const head = part.subarray(0, headEnd).toString("latin1");
  const type = /^content-type:\s*(.+?)\s*$/im.exec(head)?.[1];
  return { type, body: part.subarray(headEnd + 4) };
}

function malformed(): GcsRefusal {
  return new GcsRefusal(400, "invalid", "Malformed multipart body.");
}
