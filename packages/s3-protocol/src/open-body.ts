import { Readable } from "node:stream";
import type { ObjectRef } from "@keywhen/core/store";
import { toStoreError } from "./store-errors.js";

/**
 * An answer's body as a web stream that reads on demand only and frees its connection when it is
 * cancelled. A body that breaks off fails with `ObjectStoreError`, `unavailable`.
 */
export function openBody(
  ref: ObjectRef,
  body: unknown,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  if (body === undefined) return new ReadableStream({ start: (controller) => controller.close() });
  const source = readableOf(body);
  const chunks: AsyncIterator<Uint8Array> = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const chunk = await chunks.next();
          if (chunk.done) controller.close();
          else controller.enqueue(chunk.value);
        } catch (error) {
          const aborted = signal?.aborted === true;
          const seen = { operation: "get", sent: true, status: undefined, aborted } as const;
          controller.error(toStoreError({ ...ref, ...seen, error }));
        }
      },
      cancel() {
        source.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Node's handlers give a Readable, those made on `fetch` a web stream. */
function readableOf(body: unknown): Readable {
  if (body instanceof Readable) return body;
  if (body instanceof ReadableStream) return Readable.from(body);
  throw new TypeError("the client's request handler gives bodies that can't be read");
}
