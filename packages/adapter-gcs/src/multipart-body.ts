import { randomUUID } from "node:crypto";
import { textIn } from "./json-fields.js";
import type { GcsRequest } from "./send-once.js";

export interface MultipartMedia {
  readonly media: readonly Uint8Array[] | AsyncIterable<Uint8Array>;
  /** Bytes of the media. */
  readonly length: number;
}

/**
 * An upload's resource and media in one body of known length.
 * https://cloud.google.com/storage/docs/uploading-objects#uploading-an-object (multipart)
 */
export function multipartBody(
  resource: Readonly<Record<string, unknown>>,
  { media, length }: MultipartMedia,
): Required<Pick<GcsRequest, "headers" | "body">> {
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
  return { headers, body: isList(media) ? [head, ...media, tail] : joined(head, media, tail) };
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

function isList(media: MultipartMedia["media"]): media is readonly Uint8Array[] {
  return Array.isArray(media);
}

/** A line break would begin another header. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, " ");
}
