import type { ObjectInfo, ObjectRef, OpenObject } from "@keywhen/core/store";
import type { FailedRequest } from "./failed-request.js";

/** The body of an answer in Node: the part of a `Readable` of `node:stream` that is used here. */
interface ReadableBody extends AsyncIterable<Uint8Array> {
  destroy(): unknown;
}

/**
 * The body of an answer to GET as a web stream that reads on demand only and frees its connection when it is cancelled. A body
 * that breaks off fails with what `toError` makes of the request.
 */
export function openBody(
  ref: ObjectRef,
  body: ReadableBody,
  signal: AbortSignal | undefined,
  toError: (failed: FailedRequest) => Error,
): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const chunk = await chunks.next();
          if (chunk.done) controller.close();
          else controller.enqueue(chunk.value);
        } catch (error) {
          const aborted = signal?.aborted === true;
          controller.error(toError({ ...ref, operation: "get", sent: true, aborted, error }));
        }
      },
      cancel() {
        body.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}

/** An object whose body is open. Frees the body if the answer does not describe an object. */
export async function openObject(
  body: ReadableStream<Uint8Array>,
  describe: () => ObjectInfo,
): Promise<OpenObject> {
  try {
    return { ...describe(), body };
  } catch (error) {
    await body.cancel();
    throw error;
  }
}
