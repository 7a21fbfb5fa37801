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
  return openBody(readableOf(body), (error) => {
    const aborted = signal?.aborted === true;
    const seen = { operation: "get", sent: true, status: undefined, aborted } as const;
    return toStoreError({ ...ref, ...seen, error });
  });
}

/** Node's handlers give a Readable, those made on `fetch` a web stream. */
function readableOf(body: unknown): Readable {
  if (body instanceof Readable) return body;
  if (body instanceof ReadableStream) return Readable.from(body);
  throw new TypeError("the client's request handler gives bodies that can't be read");
}
