import { randomUUID } from "node:crypto";
import { textIn } from "./json-fields.js";
import type { GcsRequest } from "./send-once.js";

type RequestBody = Required<Pick<GcsRequest, "headers" | "body">>;

export interface Media {
  readonly media: readonly Uint8Array[] | AsyncIterable<Uint8Array>;
  /** In bytes. */
  readonly length: number;
}

/**
 * The resource and the media of an upload in one body of known length.
 * https://cloud.google.com/storage/docs/uploading-objects#uploading-an-object (multipart)
 */
export function multipartBody(
  resource: Readonly<Record<string, unknown>>,
  { media, length }: Media,
): RequestBody {
  const boundary = `keywhen-${randomUUID()}`;
  const type = textIn(resource["contentType"]) ?? "application/octet-stream";
  const head = Buffer.from(
    `--${boundary}\r\ncontent-type: application/json; charset=UTF-8\r\n\r\n${JSON.stringify(resource)}` +
      `\r\n--${boundary}\r\ncontent-type: ${oneLine(type)}\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const headers = {
    "content-type": `multipart/related; boundary=${boundary}`,
    "content-length": `${head.byteLength + length + tail.byteLength}`,
  };
  const body = Symbol.asyncIterator in media ? joined(head, media, tail) : [head, ...media, tail];
  return { headers, body };
}

async function* joined(
  head: Uint8Array,
  media: AsyncIterable<Uint8Array>,
  tail: Uint8Array,
): AsyncGenerator<Uint8Array> {
  yield head;
  yield* media;
  yield tail;
}

/** A line break would begin another header. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, " ");
}

/** Headers and body of a request with a JSON resource, or with an empty body. */
export function jsonBody(resource: Readonly<Record<string, unknown>> | undefined): RequestBody {
  if (resource === undefined) return { headers: { "content-length": "0" }, body: [] };
  const bytes = Buffer.from(JSON.stringify(resource));
  const headers = {
    "content-type": "application/json; charset=UTF-8",
    "content-length": `${bytes.byteLength}`,
  };
  return { headers, body: [bytes] };
}
