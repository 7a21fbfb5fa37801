import { Readable } from "node:stream";
import { openBody } from "@keywhen/adapter-kit";
import type { ObjectRef } from "@keywhen/core/store";
import { toStoreError } from "./store-errors.js";

/** The body of an answer to GET; one that breaks off fails with `ObjectStoreError`, `unavailable`. */
export function answerBody(
  ref: ObjectRef,
  body: unknown,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  if (body === undefined) return new ReadableStream({ start: (controller) => controller.close() });
  return openBody(ref, readableOf(body), signal, toStoreError);
}

/** Node's handlers give a Readable, those made on `fetch` a web stream. */
function readableOf(body: unknown): Readable {
  if (body instanceof Readable) return body;
  if (body instanceof ReadableStream) return Readable.from(body);
  throw new TypeError("the client's request handler gives bodies that can't be read");
}
