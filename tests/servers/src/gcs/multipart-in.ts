import { GcsRefusal } from "./gcs-answer.js";
import { type GcsRequest, jsonBody } from "./gcs-request.js";

export interface MultipartUpload {
  readonly resource: Readonly<Record<string, unknown>>;
  readonly media: Buffer;
  readonly mediaType: string | undefined;
}

/** The two parts of a `multipart/related` upload: the object resource, then the media. */
export function multipartIn({ headers, body }: GcsRequest): MultipartUpload {
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
