import { invalidOption } from "../errors.js";
import { checkValue } from "../input/check-value.js";
import { safeText } from "../input/show-value.js";
import { checkUserMetadata } from "../options/metadata.js";
import type { Body, ObjectHeaders } from "../store/object-store.js";
import { bytesOf } from "../values.js";

/** @inline */
interface ContentHeaders {
  /** User metadata, which the delivered object carries: names `[a-z0-9-]+`, values printable ASCII, 2 KB in all. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Printable ASCII, like the other headers. */
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly cacheControl?: string | undefined;
}

type BodyValue = string | Body | ArrayBuffer;

/** @inline */
interface JsonBody {
  readonly json: unknown;
  readonly body?: undefined;
}

/** The body of an event, and how it is described. @inline */
export type EventContent = ContentHeaders &
  (
    | JsonBody
    | {
        readonly body?: BodyValue | undefined;
        readonly size?: number | undefined;
        readonly json?: undefined;
      }
  );

/** Content with a body, which may be empty. @inline */
export type NewContent = ContentHeaders &
  (
    | JsonBody
    | {
        readonly body: BodyValue;
        readonly size?: number | undefined;
        readonly json?: undefined;
      }
  );

export const CONTENT_OPTIONS = [
  "json",
  "body",
  "size",
  "contentType",
  "metadata",
  "contentEncoding",
  "cacheControl",
] as const;

/** Content that is checked; `metadata` is the user's. */
export interface PlannedContent extends ObjectHeaders {
  readonly body: Body;
  readonly size: number | undefined;
}

/** Throws `invalid-option` for a body that can't be one, and for a header that no store can keep. */
export function planContent(content: EventContent): PlannedContent {
  const { contentType, contentEncoding, cacheControl, metadata } = content;
  const size = "size" in content ? content.size : undefined;
  const body = bodyOf(content);
  checkHeader("contentType", contentType, "text/plain; charset=utf-8");
  checkHeader("contentEncoding", contentEncoding, "gzip");
  checkHeader("cacheControl", cacheControl, "no-store");
  checkSize(size, body);
  checkUserMetadata(metadata ?? {});
  const usualType = content.json === undefined ? undefined : "application/json";
  return {
    ...{ body, size, contentEncoding, cacheControl, metadata },
    contentType: contentType ?? usualType,
  };
}

/** A stream can be sent only once. */
export function attemptsOf(body: Body): number | undefined {
  return body instanceof Uint8Array ? undefined : 1;
}

/** What every store keeps: HTTP forbids control characters, and stores change or refuse others. */
const HEADER_VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

function checkHeader(name: string, value: unknown, example: string): void {
  if (value === undefined) return;
  if (value === "") throw invalidOption(`${name} is empty: leave it out.`);
  checkValue(typeof value === "string", value, `${name} must be a string, such as "${example}"`);
  const rule = `${name} must be printable ASCII without a space at either end, such as "${example}"`;
  checkValue(HEADER_VALUE.test(value), value, rule);
}

function checkSize(size: number | undefined, body: Body): void {
  if (size === undefined) return;
  const isSize = Number.isSafeInteger(size) && size >= 0;
  checkValue(isSize, size, "size must be a whole number of bytes");
  if (!(body instanceof Uint8Array) || size === body.byteLength) return;
  throw invalidOption(
    `size is ${size}, but body has ${body.byteLength} bytes: leave size out, only streams need it.`,
  );
}

/** The body as stores take it; throws `invalid-option` for what can't be one. */
function bodyOf(content: EventContent): Body {
  const { body, json } = content;
  if (json !== undefined) {
    if (body !== undefined) throw invalidOption("The event has both json and body: leave one out.");
    return new TextEncoder().encode(jsonText(json));
  }
  if (body === undefined) {
    if (!("json" in content)) return new Uint8Array();
    throw invalidOption(
      'json is undefined, which JSON can\'t represent: give null, or body: "" for an empty body.',
    );
  }
  if (typeof body === "string") return new TextEncoder().encode(wellFormed(body));
  const bytes = bytesOf(body);
  if (bytes !== undefined) return bytes;
  const rule = "body must be a string, a Uint8Array, an ArrayBuffer or a ReadableStream of bytes";
  checkValue(isStream(body), body, rule, `. ${adviceFor(body)}`);
  return body instanceof ReadableStream ? body : ownStream(body);
}

function jsonText(json: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(json);
  } catch (cause) {
    const [problem] = safeText(cause).split("\n"); // that of a circular structure has several lines
    throw invalidOption(
      `json can't be written as JSON (${problem}): convert it to plain values first.`,
      { cause },
    );
  }
  if (text !== undefined) return text;
  throw invalidOption(
    `json is a ${typeof json}, which JSON can't represent: convert it to plain values first.`,
  );
}

/** A lone surrogate would be delivered as another character, U+FFFD. */
function wellFormed(text: string): string {
  if (text.isWellFormed()) return text;
  const at = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.exec(text);
  throw invalidOption(
    `body contains a lone surrogate (half of a character) at index ${at?.index}, which UTF-8 can't represent: remove it, or give bytes.`,
  );
}

/** Reads a stream of another realm or implementation, on demand. */
function ownStream(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        const bytes = bytesOf(value);
        const rule = "The body's stream must give bytes";
        checkValue(bytes !== undefined, value, rule, ": convert its chunks to Uint8Array.");
        controller.enqueue(bytes);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

function isStream(body: unknown): body is ReadableStream<Uint8Array> {
  return hasMethod(body, "getReader");
}

function adviceFor(body: unknown): string {
  if (hasMethod(body, "stream")) {
    return "For a Blob or File, give body: blob.stream() and size: blob.size.";
  }
  if (hasMethod(body, "pipe")) return "For a Node.js stream, give body: Readable.toWeb(stream).";
  return "Give any other value as json.";
}

function hasMethod(value: unknown, name: string): boolean {
  return (
    typeof value === "object" && value !== null && typeof Reflect.get(value, name) === "function"
  );
}
