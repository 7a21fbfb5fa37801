import { KeywhenError } from "../errors.js";
import { showValue } from "../input/show-value.js";
import type { Body } from "../store/object-store.js";
import { bytesOf } from "../values.js";

/** What an event carries: a JSON value, or bytes, text or a stream; neither = an empty body. */
export type Payload =
  | {
      readonly json: unknown;
      /** @default "application/json" */
      readonly contentType?: string | undefined;
      readonly body?: undefined;
    }
  | {
      readonly body?: string | Body | ArrayBuffer | undefined;
      /** The length of a stream in bytes, if known: some stores need it for large ones. */
      readonly size?: number | undefined;
      readonly contentType?: string | undefined;
      readonly json?: undefined;
    };

/** The body of an event as stores take it; throws `invalid-option` for what can't be one. */
export function bodyOf(payload: Payload): Body {
  const { body, json } = payload;
  if (json !== undefined) {
    if (body !== undefined) throw invalid("An event has json or body, not both: leave one out.");
    return new TextEncoder().encode(jsonText(json));
  }
  if (body === undefined) {
    if ("json" in payload) {
      throw invalid(
        "json is undefined, which JSON can't hold: give null, or leave json out for an empty body.",
      );
    }
    return new Uint8Array();
  }
  if (typeof body === "string") return new TextEncoder().encode(wellFormed(body));
  const bytes = bytesOf(body);
  if (bytes !== undefined) return bytes;
  if (isStream(body)) return body instanceof ReadableStream ? body : ownStream(body);
  throw invalid(
    `body must be a string, a Uint8Array, an ArrayBuffer or a ReadableStream of bytes (got ${showValue(body)}). ${adviceFor(body)}`,
  );
}

function jsonText(json: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(json);
  } catch (cause) {
    throw invalid(`json can't be written as JSON: ${String(cause)}`, cause);
  }
  if (text === undefined) throw invalid(`json is a ${typeof json}, which JSON can't hold.`);
  return text;
}

/** A lone surrogate would be delivered as another character, U+FFFD. */
function wellFormed(text: string): string {
  if (text.isWellFormed()) return text;
  const at = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.exec(text);
  throw invalid(
    `body contains half a character (a lone surrogate, at index ${at?.index}), which UTF-8 can't hold: give whole text, or bytes.`,
  );
}

function isStream(body: unknown): body is ReadableStream<Uint8Array> {
  return hasCall(body, "getReader");
}

/** A stream of another realm, or of another implementation, read on demand. */
function ownStream(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        const bytes = bytesOf(value);
        if (bytes === undefined)
          throw invalid(`The body's stream gave ${showValue(value)}, not bytes.`);
        controller.enqueue(bytes);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

function adviceFor(body: unknown): string {
  if (hasCall(body, "stream")) {
    return "Of a Blob or File, give body: blob.stream() and size: blob.size.";
  }
  if (hasCall(body, "pipe")) return "Of a Node.js stream, give body: Readable.toWeb(stream).";
  return "Give any other value as json.";
}

function hasCall(value: unknown, name: string): boolean {
  return (
    typeof value === "object" && value !== null && typeof Reflect.get(value, name) === "function"
  );
}

function invalid(message: string, cause?: unknown): KeywhenError {
  return new KeywhenError("invalid-option", message, cause === undefined ? undefined : { cause });
}
